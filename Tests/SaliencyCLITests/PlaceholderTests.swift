import Testing

@testable import SaliencyCLI
