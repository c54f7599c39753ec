import Imaging
import Testing

@Suite struct RGBTests {
  @Test func mixingRoundsToNearestWithHalvesUp() {
    var wrong = 0
    for from in stride(from: 0, through: 255, by: 3) {
      for to in stride(from: 0, through: 255, by: 5) {
        for weight in [0, 0.1, 0.25, 0.49999997, 0.5, 0.50000006, 0.75, 0.9, 1] as [Float] {
          let expected = (Float(from) + (Float(to) - Float(from)) * weight).rounded()
          let mixed = RGB(UInt8(from), 0, 0).mixed(with: RGB(UInt8(to), 0, 0), weight: weight)
          if Float(mixed.red) != expected { wrong += 1 }
        }
      }
    }
    #expect(wrong == 0)
  }

  @Test func mixingBeyondTheEndsStaysInRange() {
    #expect(RGB(250, 5, 0).mixed(with: RGB(255, 0, 0), weight: 3) == RGB(255, 0, 0))
  }
}
