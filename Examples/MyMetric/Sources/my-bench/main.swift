import Saliency
import SaliencyCLI

await SaliencyTool.main(metrics: .standard.adding(CentreOfMass.self))
