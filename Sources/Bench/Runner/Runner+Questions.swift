internal import Imaging
internal import SaliencyCore
internal import Synchronization

/// How a question is opened, with what is missing of it, and closed.
extension Runner {
  /// Opens a question that has anything missing.
  ///
  /// - Returns: The question with its missing units, which are in the queue then; nil where nothing is missing, or
  ///   somebody else is at it.
  func open(
    _ place: QuestionPlace, _ queue: Queue, whenHeld: (QuestionPlace) -> Void
  ) throws(StoreError) -> Queue.Opened? {
    let stamp = FileStamp.of(plan.images[place.image].path)
    if let record = try store.question(at: place), record.stamp == stamp, try isComplete(record) {
      count(share.methods(at: place).count, of: record)
      return nil
    }
    guard try store.take(.place(place)) else {
      whenHeld(place)
      return nil
    }
    switch OpenQuestion.open(place, of: plan, model: plan.models[place.model]) {
    case .closed(let state):
      try store.save(QuestionRecord(place: place, stamp: stamp, state: state))
      let methods = share.methods(at: place).count
      if case .failed = state { tally.withLock { $0.failed += methods } }
      tally.withLock { $0.done += methods }
      try store.release([.place(place)])
      return nil
    case .open(let question, let picture):
      // The same question may be open at another place: the top prediction is often the true class.
      guard busy.withLock({ $0.insert(question.content).inserted }) else {
        try store.release([.place(place)])
        whenHeld(place)
        return nil
      }
      guard try store.take(.content(question.content)) else {
        _ = busy.withLock { $0.remove(question.content) }
        try store.release([.place(place)])
        whenHeld(place)
        return nil
      }
      return try begin(question, picture: picture, stamp: stamp, queue)
    }
  }

  /// Notes a question and puts what is missing of it into the queue.
  private func begin(
    _ question: OpenQuestion, picture: Image, stamp: String, _ queue: Queue
  ) throws(StoreError) -> Queue.Opened? {
    let place = question.place
    if plan.keepsMap(of: place.image), let png = try? picture.pngData() {
      try store.save(picture: png, model: place.model, image: place.image)
      if let annotations = question.annotations {
        try store.save(annotations: annotations, model: place.model, image: place.image)
      }
    }
    let record = QuestionRecord(place: place, stamp: stamp, state: .asked(question.asked))
    try store.save(record)
    let units = try missingUnits(of: question.asked, at: place)
    count(share.methods(at: place).count - units.count, of: record)
    guard !units.isEmpty else {
      try close(question)
      return nil
    }
    let opened = Queue.Opened(question, units: units)
    queue.add(opened)
    return opened
  }

  func close(_ question: OpenQuestion) throws(StoreError) {
    _ = busy.withLock { $0.remove(question.content) }
    try store.release([.place(question.place), .content(question.content)])
  }

  /// Counts units of a question that need not be computed.
  private func count(_ units: Int, of record: QuestionRecord) {
    var isShared = false
    if case .asked(let asked) = record.state {
      let content = OpenQuestion.content(asked, of: plan.models[record.place.model])
      isShared = !met.withLock { $0.insert(content).inserted }
    }
    tally.withLock {
      $0.done += units
      if isShared { $0.shared += units } else { $0.found += units }
    }
  }

  /// Whether nothing is missing of a question.
  ///
  /// One that failed is asked again, for its file may have come back.
  private func isComplete(_ record: QuestionRecord) throws(StoreError) -> Bool {
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
    of asked: QuestionRecord.Asked, at place: QuestionPlace
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
