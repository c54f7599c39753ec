/// How passes go through one graph, worked out when it is first asked for and kept for the next pass.
///
/// A plan follows from the graph and from which nodes are asked about, never from values. Which layers run together and
/// what is on the way takes longer to find than most layers take to run, and the passes of a method ask the same of the
/// graph each time.
final class PassPlans: Sendable {
  private let forward = Plans<ForwardPlan.Request, ForwardPlan>()
  private let backward = Plans<BackwardPlan.Request, BackwardPlan>()

  /// How many plans are kept.
  var count: Int { forward.count + backward.count }

  /// How to compute some values of `graph`, whose plans these are.
  func forward(_ request: ForwardPlan.Request, in graph: Graph) -> ForwardPlan {
    forward.plan(for: request) { ForwardPlan(graph, request) }
  }

  /// How to go back through `graph`, whose plans these are.
  func backward(_ request: BackwardPlan.Request, in graph: Graph) -> BackwardPlan {
    backward.plan(for: request) { BackwardPlan(graph, request) }
  }
}

/// The plans that were made last.
private final class Plans<Request: Equatable & Sendable, Plan: Sendable>: Sendable {
  private struct Known: Sendable {
    let request: Request
    let plan: Plan
  }

  /// More than all methods together ask of one graph; whoever asks something else each time, as about one layer after
  /// another, leaves no more than these behind.
  private static var limit: Int { 16 }

  /// Oldest first.
  private let known = BriefLock<[Known]>([])

  var count: Int { known.withLock { $0.count } }

  func plan(for request: Request, _ make: () -> Plan) -> Plan {
    if let plan = known.withLock({ known in known.last { $0.request == request }?.plan }) { return plan }
    // Outside the lock: two threads may do the same work, with the same result.
    let new = Known(request: request, plan: make())
    known.withLock { known in
      if known.count == Self.limit { known.removeFirst() }
      known.append(new)
    }
    return new.plan
  }
}
