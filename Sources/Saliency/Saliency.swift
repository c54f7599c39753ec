// `import Saliency` imports every module that a program needs.

@_exported public import Bench
@_exported public import Configuration
@_exported public import Figures
@_exported public import Imaging
@_exported public import KerasImport
@_exported public import Methods
@_exported public import Metrics
@_exported public import ModelLibrary
@_exported public import ONNXImport
@_exported public import Pipeline
@_exported public import SaliencyCore
