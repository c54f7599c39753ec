import Configuration
import SaliencyCore
import TestSupport

@testable import Metrics

/// A method that gives the map it was told, whatever it is asked.
struct FixedMap: SaliencyMethod {
  static let descriptor = MethodDescriptor(
    "fixed", title: "Fixed", family: .control, paper: "", reduction: .sum)
  var height = 1
  var width = 1
  var values: [Float] = [0]

  init() {}

  init(_ values: [Float], height: Int) {
    self.height = height
    self.width = values.count / height
    self.values = values
  }

  func attribution(for request: AttributionRequest) -> Attribution {
    Attribution(
      Tensor(shape: [1, height, width, 1], scalars: values).repeated(request.inputs.batchSize))
  }
}

/// The gradient, whose map is its largest magnitude.
struct PlainGradient: RuleBasedMethod {
  static let descriptor = MethodDescriptor("plain", title: "Plain", family: .gradient, paper: "")
  init() {}
  func rules(for model: Model) -> RuleMap { .gradient }
}

/// Gradient times input, signed; exact for a linear model without offsets, where it is complete too.
struct Contribution: SaliencyMethod {
  static let descriptor = MethodDescriptor(
    "contribution", title: "Contribution", family: .gradient, paper: "", reduction: .sum, isSigned: true)
  init() {}
  func attribution(for request: AttributionRequest) throws -> Attribution {
    let values = try request.inputGradient().0 * request.inputs
    let gaps = (0..<values.batchSize).map { n in
      abs(Float(values.sample(n).sum) - request.scores[n]) / abs(request.scores[n])
    }
    return Attribution(values, completenessGap: gaps)
  }
}

/// Another method's answer, multiplied by a positive number.
struct Scaled: SaliencyMethod {
  static let descriptor = MethodDescriptor("scaled", title: "Scaled", family: .control, paper: "")
  var base = AnyMethod(PlainGradient())
  var factor: Float = 1

  init() {}

  init(_ base: any SaliencyMethod, by factor: Float) {
    self.base = AnyMethod(base)
    self.factor = factor
  }

  var reduction: ChannelReduction { base.method.reduction }

  func attribution(for request: AttributionRequest) throws -> Attribution {
    let answer = try base.method.attribution(for: request)
    return answer.with(values: answer.values * factor)
  }
}

enum MetricFixtures {
  /// Scores w · x and 0 for an image of `height` rows with as many elements as there are weights; no offset.
  static func linear(_ weights: [Float], height: Int, channels: Int = 1, softmax: Bool = true) throws -> Model
  {
    let shape: Shape = [height, weights.count / height / channels, channels]
    let kernel = Tensor(shape: [weights.count, 2], scalars: weights.flatMap { [$0, 0] })
    return try TinyNetworks.chain(
      shape,
      [("flatten", Flatten()), ("scores", Dense(kernel: kernel))] + (softmax ? [("softmax", Softmax())] : []))
  }

  /// Two convolutions, pooling, three classes, for images of 26 x 30 x 3: large enough for every metric.
  static func convolutional() throws -> Model {
    var net = NetworkBuilder(input: [26, 30, 3], seed: 3)
    try net.convolution("conv1", filters: 4)
    try net.convolution("conv2", filters: 5)
    try net.add(GlobalAveragePool2D(), named: "gap")
    try net.dense("predictions", units: 3, activation: Softmax())
    return net.model(named: "convolutional")
  }

  static func subject(
    _ map: [Float], height: Int, model: Model, image: [Float], target: Int = 0,
    annotations: Annotations? = nil
  ) throws -> Subject {
    let input = Tensor(shape: model.inputShape.batched(1), scalars: image)
    let request = try AttributionRequest(model, inputs: input, targets: [.index(target)])
    return try Subject(applying: FixedMap(map, height: height), to: request, annotations: annotations)
  }

  /// A map on a black picture of its size whose class 0 is where `mask` says: for metrics that never ask the model.
  static func located(_ map: [Float], mask: [Bool]?, height: Int, box: Box? = nil) throws -> Subject {
    let width = map.count / height
    let object = Annotation(
      classIndex: 0, label: "it", box: box,
      mask: mask.map { Mask(height: height, width: width, pixels: $0) })
    return try subject(
      map, height: height, model: linear(map.map { _ in 1 }, height: height), image: map.map { _ in 0 },
      annotations: Annotations(height: height, width: width, objects: [object]))
  }

  /// Annotations of two objects, of class 0 and 1, the left and the right third of an image.
  static func thirds(height: Int, width: Int) -> Annotations {
    func third(_ isLeft: Bool) -> Mask {
      Mask(
        height: height, width: width,
        pixels: (0..<(height * width)).map {
          isLeft ? $0 % width < width / 3 : $0 % width >= width - width / 3
        })
    }
    return Annotations(
      height: height, width: width,
      objects: [
        Annotation(classIndex: 0, label: "left", box: third(true).box, mask: third(true)),
        Annotation(classIndex: 1, label: "right", box: third(false).box, mask: third(false)),
      ])
  }

  /// A subject that every metric can score.
  static func complete(
    _ method: any SaliencyMethod, model: Model, image: Tensor, batchSize: Int? = nil, seed: UInt64 = 1
  ) throws -> Subject {
    let request = try AttributionRequest(model, inputs: image, targets: [.index(1)])
    var subject = try Subject(
      applying: method, to: request,
      annotations: thirds(height: model.inputShape[0], width: model.inputShape[1]), seed: seed)
    if let batchSize { subject.batchSize = batchSize }
    return subject
  }
}

extension Metric {
  /// The values of a score that has all of them.
  func values(_ subject: Subject) throws -> [Double] { try evaluate(subject).values.compactMap(\.self) }
}
