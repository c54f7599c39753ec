internal import Synchronization

/// Hands out requests to open, and the units of open requests, to any number of workers.
///
/// A worker stays with the request it opened while that has units, because they share a forward pass; where no request is
/// left to open it helps with those of others. What is handed out first never decides a result.
final class WorkQueue<Request: Sendable, Unit: Sendable>: Sendable {
  /// A request with its units.
  final class Opened: Sendable {
    let request: Request
    fileprivate let state: Mutex<(waiting: [Unit], unfinished: Int)>

    init(_ request: Request, units: [Unit]) {
      self.request = request
      state = Mutex((Array(units.reversed()), units.count))
    }

    fileprivate func take() -> Unit? { state.withLock { $0.waiting.popLast() } }

    /// Says that a unit is finished.
    ///
    /// - Returns: Whether it was the last.
    func finish() -> Bool {
      state.withLock {
        $0.unfinished -= 1
        return $0.unfinished == 0
      }
    }
  }

  enum Work {
    case open(RequestPlace)
    case unit(Unit, of: Opened)
    /// Nothing is left that this worker could do.
    case none
  }

  private struct State {
    var places: ArraySlice<RequestPlace>
    var opened: [Opened] = []
  }

  private let state: Mutex<State>

  init(_ places: [RequestPlace]) { state = Mutex(State(places: places[...])) }

  /// The next piece of work for a worker, whose current request is `own`.
  func next(preferring own: Opened?) -> Work {
    if let own, let unit = own.take() { return .unit(unit, of: own) }
    if let place = state.withLock({ $0.places.popFirst() }) { return .open(place) }
    for opened in state.withLock(\.opened) {
      if let unit = opened.take() { return .unit(unit, of: opened) }
    }
    return .none
  }

  /// Offers a request's units to all workers.
  func add(_ opened: Opened) { state.withLock { $0.opened.append(opened) } }

  /// Forgets a request whose units are finished.
  func remove(_ opened: Opened) { state.withLock { $0.opened.removeAll { $0 === opened } } }
}
