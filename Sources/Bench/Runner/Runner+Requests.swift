internal import Imaging
internal import SaliencyCore
internal import Synchronization

/// Opens requests with their missing units, and closes them.
extension Runner {
  /// Opens a request that has anything missing.
  ///
  /// - Returns: The request with its missing units, which are then in the queue; nil if nothing is missing, or another
  ///   process works on it.
  func open(
    _ place: RequestPlace, _ queue: Queue, whenHeld: (RequestPlace) -> Void
  ) throws(StoreError) -> Queue.Opened? {
    let stamp = plan.images[place.image].stamp
    if let record = try store.request(at: place), record.stamp == stamp, try isComplete(record) {
      count(share.methods(at: place).count, of: record)
      return nil
    }
    guard try store.take(.place(place)) else {
      whenHeld(place)
      return nil
    }
    switch PlacedRequest.open(place, of: plan, model: plan.models[place.model]) {
    case .closed(let state):
      try store.save(RequestRecord(place: place, stamp: stamp, state: state))
      let methods = share.methods(at: place).count
      if case .failed = state { tally.withLock { $0.failed += methods } }
      tally.withLock { $0.done += methods }
      try store.release([.place(place)])
      return nil
    case .open(let request, let image):
      // The same request may be open at another place: the top prediction is often the true class.
      guard busy.withLock({ $0.insert(request.open.content).inserted }) else {
        try store.release([.place(place)])
        whenHeld(place)
        return nil
      }
      guard try store.take(.content(request.open.content)) else {
        _ = busy.withLock { $0.remove(request.open.content) }
        try store.release([.place(place)])
        whenHeld(place)
        return nil
      }
      return try begin(request, image: image, stamp: stamp, queue)
    }
  }

  /// Saves a request and puts its missing units into the queue.
  private func begin(
    _ request: PlacedRequest, image: Image, stamp: String, _ queue: Queue
  ) throws(StoreError) -> Queue.Opened? {
    let place = request.place
    if plan.keepsMap(of: place.image), let png = try? image.pngData() {
      try store.save(picture: png, model: place.model, image: place.image)
      if let annotations = request.open.annotations {
        try store.save(annotations: annotations, model: place.model, image: place.image)
      }
    }
    let record = RequestRecord(place: place, stamp: stamp, state: .resolved(request.open.resolved))
    try store.save(record)
    let units = try missingUnits(of: request.open.resolved, at: place)
    count(share.methods(at: place).count - units.count, of: record)
    guard !units.isEmpty else {
      try close(request)
      return nil
    }
    let opened = Queue.Opened(request, units: units)
    queue.add(opened)
    return opened
  }

  func close(_ request: PlacedRequest) throws(StoreError) {
    _ = busy.withLock { $0.remove(request.open.content) }
    try store.release([.place(request.place), .content(request.open.content)])
  }

  /// Counts units of a request that need not be computed.
  private func count(_ units: Int, of record: RequestRecord) {
    var isShared = false
    if case .resolved(let resolved) = record.state {
      let content = OpenRequest.content(resolved, of: plan.models[record.place.model])
      isShared = !met.withLock { $0.insert(content).inserted }
    }
    tally.withLock {
      $0.done += units
      if isShared { $0.shared += units } else { $0.found += units }
    }
  }

  /// Whether a request has all its results.
  ///
  /// A failed request is repeated, because its file may be readable now.
  private func isComplete(_ record: RequestRecord) throws(StoreError) -> Bool {
    switch record.state {
    case .skipped: return true
    case .failed: return false
    case .resolved(let resolved):
      if plan.keepsMap(of: record.place.image),
        try store.picture(model: record.place.model, image: record.place.image) == nil
      {
        return false
      }
      return try missingUnits(of: resolved, at: record.place).isEmpty
    }
  }

  private func missingUnits(
    of resolved: RequestRecord.Resolved, at place: RequestPlace
  ) throws(StoreError) -> [UnitWork] {
    let metrics = plan.metrics.filter { $0.covers(image: place.image) }.map(\.key)
    let methods = plan.methods[share.methods(at: place)]
    let keys = methods.map { plan.key($0, plan.models[place.model], resolved) }
    let keepsMap = plan.keepsMap(of: place.image)
    let missing = try store.missing(keys.map { (unit: $0, metrics: metrics, map: keepsMap) })
    return zip(methods, zip(keys, missing)).compactMap { method, found in
      found.1.isNothing ? nil : UnitWork(method: method, key: found.0, missing: found.1)
    }
  }
}
