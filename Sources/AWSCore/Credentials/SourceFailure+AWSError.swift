extension SourceFailure {
    /// Why a service gave no credentials.
    ///
    /// The message of a wrong signature is left out: it repeats the signed header, with the session token.
    init(_ error: any Error) {
        guard let error = error as? AWSError, let service = error.service else {
            self.init("\(error)")
            return
        }
        let signatureCodes = ["SignatureDoesNotMatch", "InvalidSignatureException", "IncompleteSignature"]
        let message = signatureCodes.contains(service.code) ? "" : service.message
        let requestId = service.requestId.map { " (request id \($0))" } ?? ""
        self.init(
            "\(error.operation) \(error.subject): \(service.code)" + (message.isEmpty ? "" : ": \(message)") + requestId
        )
    }
}
