import Testing

@testable import KerasImport
