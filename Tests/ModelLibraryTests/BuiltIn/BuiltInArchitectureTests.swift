import Imaging
import ModelLibrary
import Testing

@Suite struct BuiltInArchitectureTests {
  @Test func allOfKerasApplicationsAreThere() {
    let names = BuiltInArchitectures.all.map(\.name)
    #expect(names.count == 40)
    #expect(names.contains("VGG16"))
    #expect(names.contains("EfficientNetV2B0"))
  }

  @Test func factsOfVGG16() throws {
    let found = try #require(BuiltInArchitectures.named("vgg16"))
    #expect(found.file == "vgg16_weights_tf_dim_ordering_tf_kernels.h5")
    #expect(found.checksum == .md5("64373286793e3c8b2b4e3219cbf3544b"))
    #expect(found.parameters == 138_357_544)
    #expect(found.inputSize == InputSize(height: 224, width: 224))
    #expect(BuiltInArchitectures.forFile("/downloads/" + found.file) == found)
  }

  @Test func aNameWhoseWeightsAreNotHereSaysHowToGetThem() {
    #expect(throws: LibraryError.weightsNeeded("NASNetLarge")) {
      _ = try ModelRequest("nasnetlarge").load()
    }
    #expect(
      "\(LibraryError.weightsNeeded("VGG16"))"
        == "VGG16: its weights are not on this machine; fetch them with `saliency weights fetch VGG16`")
  }
}
