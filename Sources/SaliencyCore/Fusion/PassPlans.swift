/// The execution plans of one graph: each is made when it is first needed and cached.
///
/// A plan follows from the graph and the request, never from values. To make one takes longer than most layers take to run,
/// and the passes of a method have the same request each time.
final class PassPlans: Sendable {
  private let forward = Plans<ForwardPlan.Request, ForwardPlan>()
  private let backward = Plans<BackwardPlan.Request, BackwardPlan>()

  /// How many plans are kept.
  var count: Int { forward.count + backward.count }

  /// The plan of a forward pass through `graph`, whose plans these are.
  func forward(_ request: ForwardPlan.Request, in graph: Graph) -> ForwardPlan {
    forward.plan(for: request) { ForwardPlan(graph, request) }
  }

  /// The plan of a backward pass through `graph`, whose plans these are.
  func backward(_ request: BackwardPlan.Request, in graph: Graph) -> BackwardPlan {
    backward.plan(for: request) { BackwardPlan(graph, request) }
  }
}

/// A cache of the plans that were made last.
private final class Plans<Request: Equatable & Sendable, Plan: Sendable>: Sendable {
  private struct Known: Sendable {
    let request: Request
    let plan: Plan
  }

  /// More than all methods together need for one graph.
  private static var limit: Int { 16 }

  /// Oldest first.
  private let known = SpinLock<[Known]>([])

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
