/// What to do when TLS with the API server fails. It goes by the texts of OpenSSL and libcurl, as nothing else tells such
/// failures apart; one that is not known has no advice.
enum TLSAdvice {
  /// What to do, or nil.
  static func remedy(_ reason: String, _ access: APIAccess) -> String? {
    let places = access.places
    func says(_ signs: String...) -> Bool { signs.contains { reason.contains($0) } }
    if says(" alert ") {
      return says("certificate", "unknown ca", "denied") ? refusedClient(reason, places) : nil
    }
    if says("private key file", "key values mismatch") {
      return "the key does not belong to \(places.certificate ?? "the client certificate"): copy both again"
    }
    if says("certificate has expired") {
      return "renew the certificate of the server, or of its authority, on the server's side"
    }
    if says("not yet valid") { return "is this machine's clock right?" }
    if says(
      "local issuer", "issuer certificate", "self-signed", "self signed", "verify the first",
      "signature failure")
    {
      return access.trust.authorities == nil
        ? "this machine does not know the server's authority: name it in \(places.authorities)"
        : "the server is not signed by \(places.authorities): put this cluster's authority there"
    }
    if says("subject name", "subjectAltName") {
      return "the server's certificate has other names: correct \(places.server), or give one of them in"
        + " \(places.serverName)"
    }
    if says("wrong version number", "packet length too long", "http request") {
      return "no TLS is spoken there: is the port in \(places.server) right, or is it http://?"
    }
    return nil
  }

  private static func refusedClient(_ reason: String, _ places: AccessPlaces) -> String {
    if let certificate = places.certificate {
      return "the server does not take the client certificate: renew \(certificate)"
    }
    return "the server wants a client certificate: add client-certificate and client-key to the user"
  }
}
