import CKernels
import Testing

extension KernelTests {
  /// A convolution that is pooled row by row, against the convolution and then the pooling.
  @Suite struct PooledTests {
    /// Odd shapes: maps from 2 to 60 rows and more, few channels and many, all kinds of windows.
    static let shapes =
      (0..<150).map { PooledShape(seed: $0) } + [
        // Pooled rows from one to sixty, so that there is one band and there are several, whole and broken.
        tall(1, 2, 2), tall(3, 3, 2), tall(4, 3, 1), tall(7, 2, 1), tall(8, 3, 2), tall(23, 2, 2),
        tall(24, 5, 3),
        tall(25, 3, 3), tall(59, 3, 2), tall(60, 2, 2), tall(60, 4, 1), tall(60, 5, 5),
      ]

    private static func tall(_ rows: Int, _ window: Int, _ stride: Int) -> PooledShape {
      var convolution = Convolution(
        height: (rows - 1) * stride + window, width: 7, channels: 3, filters: 16, kernel: (3, 3))
      convolution.batch = 2
      return PooledShape(
        convolution: convolution.same, window: (window, window), stride: (stride, stride), pad: (0, 0),
        end: (0, 0))
    }

    @Test(arguments: shapes)
    func poolingInPlaceIsPoolingAfterwards(_ shape: PooledShape) {
      for (number, epilogue) in shape.epilogues.enumerated() {
        _ = atEachLevel {
          let wanted = shape.oneAfterTheOther(epilogue)
          for threads: Int32 in [1, 2, 4] {
            let found = shape.atOnce(epilogue, threads: threads)
            let what = "\(shape), epilogue \(number), \(threads) threads at \(name(ck_current_level()))"
            #expect(bits(found.maxima) == bits(wanted.maxima), "maxima of \(what)")
            #expect(found.places == wanted.places, "places of \(what)")
            #expect(found.gates == wanted.gates, "gates of \(what)")
            #expect(found.isInBounds, "\(what) wrote behind a buffer")
          }
          return []
        }
      }
    }

    @Test(arguments: shapes)
    func placesAndGatesNeedNotBeNoted(_ shape: PooledShape) {
      let epilogue = shape.epilogues[1]
      let wanted = shape.oneAfterTheOther(epilogue)
      for (notesPlaces, notesGates) in [(false, false), (false, true), (true, false)] {
        let found = shape.atOnce(epilogue, threads: 2, notesPlaces: notesPlaces, notesGates: notesGates)
        #expect(bits(found.maxima) == bits(wanted.maxima), "\(shape)")
        #expect(found.places == (notesPlaces ? wanted.places : []) && found.isInBounds, "\(shape)")
        if notesGates { #expect(found.gates == wanted.gates, "\(shape)") }
      }
    }

    @Test(arguments: Array(shapes.prefix(60)))
    func batchCutsChangeNothing(_ shape: PooledShape) {
      var cut = PooledShape.Result()
      for n in 0..<shape.convolution.batch {
        let one = shape.atOnce(
          shape.epilogues[1].sample(n, of: shape.convolution.batch), threads: 2, sample: n)
        cut.maxima += one.maxima
        cut.places += one.places
      }
      let whole = shape.atOnce(shape.epilogues[1], threads: 2)
      #expect(bits(cut.maxima) == bits(whole.maxima) && cut.places == whole.places, "\(shape)")
    }

    /// The shapes above are of all the kinds that the kernel treats apart.
    @Test func allKindsOfShapesAreTried() {
      let shapes = Self.shapes
      func some(_ what: String, _ is: (PooledShape) -> Bool) {
        #expect(shapes.contains(where: `is`) && !shapes.allSatisfy(`is`), "\(what)")
      }
      some("copied with zeros around") { $0.convolution.padding.0 > 0 }
      some("several samples in one copy") {
        let c = $0.convolution.c
        return $0.convolution.padding.0 > 0 && $0.convolution.batch > 1 && c.out_height * c.out_width <= 512
      }
      some("a pitch wider than the channels") { $0.pitch > $0.convolution.channels }
      some("windows that overlap") { $0.window.0 > $0.stride.0 }
      some("a padded pooling") { $0.pad.0 > 0 }
      some("rows below the last window") {
        ($0.c.out_height - 1) * $0.stride.0 + $0.window.0 - $0.pad.0 < $0.c.in_height
      }
      some("several bands") { $0.c.out_height >= 8 }
      some("dilation") { $0.convolution.dilation.0 > 1 }
      some("strides") { $0.convolution.stride.0 > 1 }
      some("whole vectors") { $0.convolution.filters % 16 == 0 }
    }
  }
}
