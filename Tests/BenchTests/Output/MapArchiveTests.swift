import Foundation
import HDF5
import SaliencyCore
import Testing

@testable import Bench

@Suite struct MapArchiveTests {
  @Test func everyMapIsThereAsTheMethodGaveIt() throws {
    let tiny = try TinyRun()
    try tiny.run(tiny.experiment { $0 + "\nmaps: all" })
    let written = try RunFolder(tiny.output).writeResults(catalogs: standardCatalogs)
    #expect(written.files.contains("maps.h5"))
    let path = tiny.output + "/maps.h5"
    let index = try HDF5Reader(path: path).index
    let results = try tiny.tables().results
    #expect(index.groups().sorted() == ["gap", "vgg"])
    #expect(index.string("experiment") == results.manifest.experiment)
    #expect(index.string("code") == results.manifest.code && index.string("seed") == "3")
    #expect(index.string("network", of: "gap") == results.manifest.models[0].fingerprint)

    let group = "gap/b.png/annotated:star"
    #expect(index.string("class_name", of: group) == "star" && index.number("class", of: group) == 1)
    #expect(index.datasets(in: group).sorted() == ["cam", "gradient", "random", "smooth-grad(samples=4)"])
    #expect(index.number("forward_passes", of: group + "/smooth-grad(samples=4)") == 4)
    // CAM has no map where the head is dense, and a request that was not asked has no group.
    #expect(!index.datasets(in: "vgg/b.png/top").contains("cam"))
    #expect(!index.hasGroup("gap/c.png/annotated:ghost"))

    let store = try RunFolder(tiny.output).store()
    let pictures = RunPictures(store: store, results: results)
    let setting = results.settings[1]
    let q = try #require(setting.requests.firstIndex { $0.target == "annotated:star" })
    let unit = try #require(setting.units[0][q])
    let kept = try #require(try pictures.stored(unit))
    var reader = try HDF5Reader(path: path)
    let dataset = try reader.dataset(at: group + "/gradient")
    #expect(kept.shape == [8, 8, 3] && dataset.shape == kept.shape)
    #expect(try reader.floats(at: group + "/gradient") == kept.values)
  }

  @Test func thereIsNoneWhereNobodyAsked() throws {
    let tiny = try TinyRun()
    try tiny.run(tiny.experiment())
    let written = try RunFolder(tiny.output).writeResults(catalogs: standardCatalogs)
    #expect(!written.files.contains("maps.h5"))
    #expect(!FileManager.default.fileExists(atPath: tiny.output + "/maps.h5"))
  }
}
