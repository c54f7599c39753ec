import Testing

@testable import SaliencyCore
