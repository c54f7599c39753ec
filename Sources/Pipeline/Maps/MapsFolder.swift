internal import Configuration
internal import Figures
internal import Foundation
internal import HDF5
internal import Imaging
package import SaliencyCore
internal import Support

/// A folder of saliency maps: `maps.h5`, and an overlay for each map, called `IMAGE_TARGET_METHOD.png`.
public struct MapsFolder: Sendable {
  /// The folder's path.
  public let path: String

  /// - Parameter path: The folder's path.
  public init(_ path: String) { self.path = path }

  /// The path of `maps.h5`.
  public var maps: String { file("maps.h5") }

  /// Computes maps, and writes them and their overlays.
  ///
  /// A file of an earlier run is replaced.
  ///
  /// - Parameters:
  ///   - files: The images.
  ///   - pipeline: The model, the targets, and the methods.
  ///   - drawing: How overlays are drawn and channels are reduced.
  ///   - provenance: The digests to note in `maps.h5`.
  /// - Returns: One record for each map, and the outcome of the run.
  /// - Throws: As `SaliencyPipeline.run`; `HDF5Error`, `FileWriteError` if the disk is full.
  public func write(
    _ files: [ImageFile], by pipeline: SaliencyPipeline, drawing: MapDrawing = MapDrawing(),
    provenance: MapsProvenance = MapsProvenance(), handlers: PipelineHandlers = PipelineHandlers()
  ) throws -> (records: [ResultRecord], outcome: SaliencyPipeline.Outcome) {
    var records: [ResultRecord] = []
    var outcome = SaliencyPipeline.Outcome(failures: ImageFailures(total: files.count))
    try HDF5Writer.write(to: maps) { file in
      var maps = MapsFile(decoding: pipeline.decoding, provenance: provenance)
      outcome = try pipeline.run(files, handlers: handlers) { result in
        try maps.add(result.request, to: file)
        for method in result.methods {
          let convention = drawing.convention(for: method.method)
          var record = ResultRecord(method, for: result.request, convention: convention)
          record.overlay = try writeOverlay(of: method, for: result.request, drawing)
          try maps.add(
            method, for: result.request, convention, overlay: record.overlay, in: file)
          records.append(record)
        }
      }
    }
    return (records, outcome)
  }

  /// Draws a map over its image.
  ///
  /// - Returns: The file's path; nil if there is no map, or it shows nothing.
  private func writeOverlay(
    of result: MethodResult, for row: ImageRequest, _ drawing: MapDrawing
  ) throws -> String? {
    let (shape, convention) = (row.request.model.inputShape, drawing.convention(for: result.method))
    guard let map = try? result.map(convention, size: (shape[0], shape[1])) else { return nil }
    let path = overlay(of: result.method, for: row)
    let style = drawing.overlayStyle(for: result.method)
    try map.rendered(style, over: try drawing.background(of: row)).picture.writePNG(to: path)
    return path
  }

  /// The path of a map's overlay.
  private func overlay(of method: any SaliencyMethod, for row: ImageRequest) -> String {
    file("\(row.file.name)_\(row.targetSlug)\(Self.ending(method))")
  }

  /// Whether a file of this name may be an overlay of one of some images, whatever the class.
  package func isOverlay(_ name: String, of files: [ImageFile], by methods: [any SaliencyMethod]) -> Bool {
    files.contains { name.hasPrefix("\($0.name)_") } && methods.contains { name.hasSuffix(Self.ending($0)) }
  }

  /// The overlays that `maps.h5` names; none if there is no such file.
  package var overlays: [String] {
    guard RegularFile.problem(at: maps) == nil, let index = try? HDF5Reader(path: maps).index else {
      return []
    }
    let names = index.groups().flatMap { image in
      index.groups(in: image).flatMap { target in
        index.groups(in: "\(image)/\(target)").compactMap {
          index.string(MapsFile.overlay, of: "\(image)/\(target)/\($0)")
        }
      }
    }
    // The file may come from elsewhere: only an image of this folder is ever removed.
    return names.filter { !$0.contains("/") && $0.hasSuffix(".png") }.map(file)
  }

  /// Removes files.
  ///
  /// - Returns: Those that existed.
  package func remove(_ paths: [String]) -> [String] { paths.filter { unlink($0) == 0 } }

  private func file(_ name: String) -> String { (path as NSString).appendingPathComponent(name) }

  private static func ending(_ method: any SaliencyMethod) -> String {
    "_\(ImageRequest.slug(method.label)).png"
  }
}
