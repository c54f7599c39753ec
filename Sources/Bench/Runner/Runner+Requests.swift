internal import Imaging
internal import SaliencyCore
internal import Synchronization

/// How a request is opened, with what is missing of it, and closed.
extension Runner {
  /// Opens a request that has anything missing.
  ///
  /// - Returns: The request with its missing units, which are in the queue then; nil where nothing is missing, or
  ///   somebody else is at it.
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
    switch OpenRequest.open(place, of: plan, model: plan.models[place.model]) {
    case .closed(let state):
      try store.save(RequestRecord(place: place, stamp: stamp, state: state))
      let methods = share.methods(at: place).count
      if case .failed = state { tally.withLock { $0.failed += methods } }
      tally.withLock { $0.done += methods }
      try store.release([.place(place)])
      return nil
    case .open(let request, let picture):
      // The same request may be open at another place: the top prediction is often the true class.
      guard busy.withLock({ $0.insert(request.content).inserted }) else {
        try store.release([.place(place)])
        whenHeld(place)
        return nil
      }
      guard try store.take(.content(request.content)) else {
        _ = busy.withLock { $0.remove(request.content) }
        try store.release([.place(place)])
        whenHeld(place)
        return nil
      }
      return try begin(request, picture: picture, stamp: stamp, queue)
    }
  }

  /// Notes a request and puts what is missing of it into the queue.
  private func begin(
    _ request: OpenRequest, picture: Image, stamp: String, _ queue: Queue
  ) throws(StoreError) -> Queue.Opened? {
    let place = request.place
    if plan.keepsMap(of: place.image), let png = try? picture.pngData() {
      try store.save(picture: png, model: place.model, image: place.image)
      if let annotations = request.annotations {
        try store.save(annotations: annotations, model: place.model, image: place.image)
      }
    }
    let record = RequestRecord(place: place, stamp: stamp, state: .asked(request.asked))
    try store.save(record)
    let units = try missingUnits(of: request.asked, at: place)
    count(share.methods(at: place).count - units.count, of: record)
    guard !units.isEmpty else {
      try close(request)
      return nil
    }
    let opened = Queue.Opened(request, units: units)
    queue.add(opened)
    return opened
  }

  func close(_ request: OpenRequest) throws(StoreError) {
    _ = busy.withLock { $0.remove(request.content) }
    try store.release([.place(request.place), .content(request.content)])
  }

  /// Counts units of a request that need not be computed.
  private func count(_ units: Int, of record: RequestRecord) {
    var isShared = false
    if case .asked(let asked) = record.state {
      let content = OpenRequest.content(asked, of: plan.models[record.place.model])
      isShared = !met.withLock { $0.insert(content).inserted }
    }
    tally.withLock {
      $0.done += units
      if isShared { $0.shared += units } else { $0.found += units }
    }
  }

  /// Whether nothing is missing of a request.
  ///
  /// One that failed is asked again, for its file may have come back.
  private func isComplete(_ record: RequestRecord) throws(StoreError) -> Bool {
    switch record.state {
    case .skipped: return true
    case .failed: return false
    case .asked(let asked):
      if plan.keepsMap(of: record.place.image),
        try store.picture(model: record.place.model, image: record.place.image) == nil
      {
        return false
      }
      return try missingUnits(of: asked, at: record.place).isEmpty
    }
  }

  private func missingUnits(
    of asked: RequestRecord.Asked, at place: RequestPlace
  ) throws(StoreError) -> [UnitWork] {
    let metrics = plan.metrics.filter { $0.isAsked(about: place.image) }.map(\.key)
    let methods = plan.methods[share.methods(at: place)]
    let keys = methods.map { plan.key($0, plan.models[place.model], asked) }
    let keepsMap = plan.keepsMap(of: place.image)
    let missing = try store.missing(keys.map { (unit: $0, metrics: metrics, map: keepsMap) })
    return zip(methods, zip(keys, missing)).compactMap { method, found in
      found.1.isNothing ? nil : UnitWork(method: method, key: found.0, missing: found.1)
    }
  }
}
