internal import CCrypto

/// A cryptographic hash by libcrypto: the one place that calls it.
package final class HashFunction {
  /// What is computed.
  package enum Algorithm: Sendable {
    case md5
    case sha256
  }

  private let context: OpaquePointer?

  package init(_ algorithm: Algorithm) {
    context = EVP_MD_CTX_new()
    let function =
      switch algorithm {
      case .md5: EVP_md5()
      case .sha256: EVP_sha256()
      }
    precondition(EVP_DigestInit_ex(context, function, nil) == 1, "libcrypto has no \(algorithm)")
  }

  deinit { EVP_MD_CTX_free(context) }

  /// Adds bytes to what is hashed.
  package func update(_ bytes: UnsafeRawBufferPointer) {
    EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
  }

  /// The hash: 16 bytes of MD5, 32 of SHA-256.
  ///
  /// Nothing can be added after it.
  package func finish() -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: Int(EVP_MAX_MD_SIZE)) { buffer, count in
      var length: UInt32 = 0
      EVP_DigestFinal_ex(context, buffer.baseAddress, &length)
      count = Int(length)
    }
  }
}

extension Collection<UInt8> {
  /// In hexadecimal, two digits for each byte.
  package var hexadecimal: String {
    let digits = Array("0123456789abcdef")
    return String(flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
  }
}
