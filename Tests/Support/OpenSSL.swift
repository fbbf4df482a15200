import Foundation
import Glibc

/// The server's half of OpenSSL, which libcurl has loaded anyway: looked up by name, so that no headers are needed.
struct OpenSSL: @unchecked Sendable {
  // Proof: addresses of functions that any thread may call; what they work on belongs to one connection's thread.
  typealias Handle = UnsafeMutableRawPointer
  typealias ChooseProtocol =
    @convention(c) (
      Handle?, UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>?, UnsafeMutablePointer<UInt8>?,
      UnsafePointer<UInt8>?, UInt32, Handle?
    ) -> Int32

  let method: @convention(c) () -> Handle?
  let newContext: @convention(c) (Handle?) -> Handle?
  let useCertificateChainFile: @convention(c) (Handle?, UnsafePointer<CChar>) -> Int32
  let useKeyFile: @convention(c) (Handle?, UnsafePointer<CChar>, Int32) -> Int32
  let loadAuthorities: @convention(c) (Handle?, UnsafePointer<CChar>, UnsafePointer<CChar>?) -> Int32
  let setVerify: @convention(c) (Handle?, Int32, Handle?) -> Void
  let setChooseProtocol: @convention(c) (Handle?, ChooseProtocol, Handle?) -> Void
  let newConnection: @convention(c) (Handle?) -> Handle?
  let setDescriptor: @convention(c) (Handle?, Int32) -> Int32
  let accept: @convention(c) (Handle?) -> Int32
  let read: @convention(c) (Handle?, Handle?, Int32) -> Int32
  let write: @convention(c) (Handle?, UnsafeRawPointer?, Int32) -> Int32
  let shutdown: @convention(c) (Handle?) -> Int32
  let free: @convention(c) (Handle?) -> Void
  let serverName: @convention(c) (Handle?, Int32) -> UnsafePointer<CChar>?

  private static let loaded = Result { try OpenSSL() }
  static func shared() throws -> OpenSSL { try loaded.get() }

  private init() throws {
    guard let library = dlopen("libssl.so.3", RTLD_NOW) else {
      throw TestCertificates.ToolFailed(
        description: "libssl.so.3 is missing, which tests of TLS need; install it: apt-get install libssl3")
    }
    // Each symbol has the C type that its manual page gives, spelled above.
    func symbol<Function>(_ name: String, _ type: Function.Type = Function.self) throws -> Function {
      guard let address = dlsym(library, name) else {
        throw TestCertificates.ToolFailed(description: "libssl.so.3 has no \(name)")
      }
      return unsafeBitCast(address, to: type)
    }
    method = try symbol("TLS_server_method")
    newContext = try symbol("SSL_CTX_new")
    useCertificateChainFile = try symbol("SSL_CTX_use_certificate_chain_file")
    useKeyFile = try symbol("SSL_CTX_use_PrivateKey_file")
    loadAuthorities = try symbol("SSL_CTX_load_verify_locations")
    setVerify = try symbol("SSL_CTX_set_verify")
    setChooseProtocol = try symbol("SSL_CTX_set_alpn_select_cb")
    newConnection = try symbol("SSL_new")
    setDescriptor = try symbol("SSL_set_fd")
    accept = try symbol("SSL_accept")
    read = try symbol("SSL_read")
    write = try symbol("SSL_write")
    shutdown = try symbol("SSL_shutdown")
    free = try symbol("SSL_free")
    serverName = try symbol("SSL_get_servername")
  }
}
