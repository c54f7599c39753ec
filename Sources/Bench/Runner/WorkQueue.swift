internal import Synchronization

/// Hands out questions to open, and the units of open questions, to any number of workers.
///
/// A worker stays with the question it opened while that has units, because they share a forward pass; where no question is
/// left to open it helps with those of others. What is handed out first never decides a result.
final class WorkQueue<Question: Sendable, Unit: Sendable>: Sendable {
  /// A question with its units.
  final class Opened: Sendable {
    let question: Question
    fileprivate let state: Mutex<(waiting: [Unit], unfinished: Int)>

    init(_ question: Question, units: [Unit]) {
      self.question = question
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
    case open(QuestionPlace)
    case unit(Unit, of: Opened)
    /// Nothing is left that this worker could do.
    case none
  }

  private struct State {
    var places: ArraySlice<QuestionPlace>
    var opened: [Opened] = []
  }

  private let state: Mutex<State>

  init(_ places: [QuestionPlace]) { state = Mutex(State(places: places[...])) }

  /// The next piece of work for a worker, whose current question is `own`.
  func next(preferring own: Opened?) -> Work {
    if let own, let unit = own.take() { return .unit(unit, of: own) }
    if let place = state.withLock({ $0.places.popFirst() }) { return .open(place) }
    for opened in state.withLock(\.opened) {
      if let unit = opened.take() { return .unit(unit, of: opened) }
    }
    return .none
  }

  /// Offers a question's units to all workers.
  func add(_ opened: Opened) { state.withLock { $0.opened.append(opened) } }

  /// Forgets a question whose units are finished.
  func remove(_ opened: Opened) { state.withLock { $0.opened.removeAll { $0 === opened } } }
}
