public import SaliencyCore

/// What any explanation has to beat: maps that do not look at the model.
public enum ControlCatalog {
  public static let standard = MethodCatalog([RandomControl.self])
}
