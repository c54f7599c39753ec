import Saliency
import SaliencyCLI

await SaliencyTool.main(methods: .standard.adding(CoveredSquares.self))
