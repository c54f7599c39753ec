import Configuration
import Foundation
import SaliencyCore
import TestSupport
import Testing

@testable import Methods

/// Profiles against the toolkits themselves, as `Tests/Golden/profiles.py` ran them on one small network.
@Suite struct ProfileGoldenTests {
  struct Numbers: Decodable {
    let shape: [Int]
    let values: [Float]

    var tensor: Tensor { Tensor(shape: Shape(shape), scalars: values) }
  }

  struct Entry: Decodable, Sendable, CustomStringConvertible {
    let profile: String
    let method: String
    let kind: String
    let shape: [Int]
    let values: [Float]

    var description: String { "\(profile): \(method), \(kind)" }
  }

  struct File: Decodable {
    let target: Int
    let conv1, bias1, conv2, bias2, dense, bias3, image, noise: Numbers
    let parts: [String: [Entry]]
  }

  static let file: File? = {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../Golden/profiles.json").standardized.path
    return FileManager.default.contents(atPath: path).flatMap {
      try? JSONDecoder().decode(File.self, from: $0)
    }
  }()

  static let entries = (file?.parts ?? [:]).sorted { $0.key < $1.key }.flatMap(\.value)

  private func request(_ file: File) throws -> AttributionRequest {
    let model = try TinyNetworks.chain(
      [12, 10, 3],
      [
        ("conv1", Conv2D(kernel: file.conv1.tensor, bias: file.bias1.tensor, padding: .same)),
        ("relu1", ReLU()), ("pool1", MaxPool2D(2, 2)),
        ("conv2", Conv2D(kernel: file.conv2.tensor, bias: file.bias2.tensor, padding: .same)),
        ("relu2", ReLU()), ("pool2", MaxPool2D(2, 2)), ("flatten", Flatten()),
        ("logits", Dense(kernel: file.dense.tensor, bias: file.bias3.tensor)), ("softmax", Softmax()),
      ])
    let image = file.image.tensor
    return try AttributionRequest(
      model, inputs: image.reshaped(to: image.shape.batched(1)), targets: [.index(file.target)],
      layer: "relu2")
  }

  /// The attribution, with the toolkit's own noise.
  private func attribution(
    _ method: any SaliencyMethod, _ request: AttributionRequest, noise: Tensor
  ) throws -> Attribution {
    guard let smooth = method as? SmoothGrad else { return try method.attribution(for: request) }
    return try smooth.smooth(request, sample: 0) { noise.sample($0) }
  }

  @Test func thereAreEntriesForEveryToolkit() {
    let names = Set(Self.entries.map(\.profile))
    #expect(names == Set(ConventionProfile.all.map(\.name)).subtracting(["paper"]))
  }

  @Test(arguments: entries)
  func theToolkitsNumbersAreReproduced(_ entry: Entry) throws {
    let file = try #require(Self.file)
    let profile = try ConventionProfile.named(entry.profile)
    let method = try profile.applied(to: .standard).parse(entry.method)
    var request = try request(file)
    if let score = profile.score(of: method) {
      request = try request.with(targets: request.targets.map(\.target), score: score)
    }
    let attribution = try attribution(method, request, noise: file.noise.tensor)
    let found: Tensor
    if entry.kind == "map" {
      let map = profile.map(of: method).map(of: attribution, by: method, height: 12, width: 10)
      found = Tensor(shape: [12, 10], scalars: map.values)
    } else {
      found = attribution.values.reshaped(to: attribution.values.shape.sample)
    }
    let wanted = Tensor(shape: Shape(entry.shape), scalars: entry.values)
    #expect(found.shape == wanted.shape)
    #expect(found.relativeError(to: wanted) < 1e-4, "\(found.relativeError(to: wanted))")
  }

  /// What a profile sets is a parameter of the method, with a value that it takes.
  @Test(arguments: ConventionProfile.all.map(\.name))
  func profilesSetParametersThatExist(_ name: String) throws {
    let profile = try ConventionProfile.named(name)
    for type in MethodCatalog.standard.types {
      guard let choice = profile.choices[type.identifier] else { continue }
      #expect(Set(choice.parameters.keys).isSubset(of: type.defaults.keys), "\(name): \(type.identifier)")
      let made = try profile.applied(to: .standard)(type.identifier)
      for (key, value) in choice.parameters where value != type.defaults[key] {
        #expect(made.label.contains("\(key)="), "\(made.label)")
      }
    }
  }

  @Test func parametersThatAreGivenWin() throws {
    let catalog = ConventionProfile.captum.applied(to: .standard)
    #expect(try catalog("grad-cam").label == "grad-cam(relu=false)")
    #expect(try catalog.parse("grad-cam(relu=true)").label == "grad-cam")
    #expect(try catalog.parse("smooth-grad(base=grad-cam, sigma=0.5)").label.contains("relu=false"))
    #expect(try ConventionProfile.paper.applied(to: .standard)("grad-cam").label == "grad-cam")
  }

  @Test func anUnknownProfileIsAnErrorWithTheNearest() {
    let error = #expect(throws: ConfigurationError.self) { try ConventionProfile.named("capdum") }
    #expect(error?.description.hasPrefix("no profile is called \"capdum\"; did you mean \"captum\"?") == true)
  }
}
