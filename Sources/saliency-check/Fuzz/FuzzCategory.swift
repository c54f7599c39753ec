/// One kind of damaged input, and the commands that read it.
protocol FuzzCategory: Sendable {
  /// The name for `--category`.
  static var name: String { get }
  /// What is damaged, in a few words.
  static var about: String { get }
  /// How many of the mutants the category gets, relative to the others.
  static var weight: Int { get }

  /// Prepares what all mutants of the category have in common.
  ///
  /// - Returns: nil where the material has nothing for this category.
  init?(_ material: FuzzMaterial) throws

  /// Writes a mutant's files.
  ///
  /// - Parameters:
  ///   - number: The mutant's number; categories that enumerate their mutants go by it.
  ///   - random: The mutant's random choices.
  ///   - folder: An empty folder for the files.
  func mutant(_ number: Int, _ random: inout MutantRandom, in folder: String) throws -> Mutant
}

extension FuzzCategory {
  static var weight: Int { 10 }
}

/// The categories, in the order in which they are run.
///
/// A new one is a type in `Categories` and a line here.
let fuzzCategories: [any FuzzCategory.Type] = [
  HDF5Category.self,
  KerasArchiveCategory.self,
  ONNXCategory.self,
  ArchitectureCategory.self,
  SidecarCategory.self,
  LabelsCategory.self,
  ExperimentCategory.self,
  COCOCategory.self,
  VOCCategory.self,
  StoreCategory.self,
  PNGCategory.self,
  JPEGCategory.self,
  ImageSizeCategory.self,
  FileNameCategory.self,
]
