public import AWSCore
public import S3

/// The few operations of S3 that a transfer is made of, so that its state machine can be tested without a server.
public protocol ObjectStore: Sendable {
    /// HeadObject.
    func head(_ request: HeadObjectRequest) async throws(AWSError) -> HeadObjectOutput
    /// GetObjectTagging.
    func tags(of object: ObjectReference, payer: Payer) async throws(AWSError) -> [Tag]
    /// PutObjectTagging.
    func setTags(_ tags: [Tag], of object: ObjectReference, payer: Payer) async throws(AWSError)
    /// GetObjectAcl, as the `x-amz-grant-…` headers that give the same grants, by the part behind `x-amz-grant-`.
    func grants(on object: ObjectReference, payer: Payer) async throws(AWSError) -> [String: String]

    /// CopyObject.
    func copy(_ request: WholeCopy) async throws(AWSError) -> MadeObject

    /// CreateMultipartUpload; an attempt of which S3 may have seen a part is not repeated.
    func createUpload(
        of object: ObjectReference, as headers: DestinationHeaders
    ) async throws(AWSError) -> CreatedUpload
    /// UploadPartCopy.
    func copyPart(_ request: PartCopy) async throws(AWSError) -> CopiedPart
    /// CompleteMultipartUpload.
    func complete(_ request: Completion) async throws(AWSError) -> MadeObject
    /// AbortMultipartUpload.
    func abort(_ upload: UploadReference) async throws(AWSError)
    /// ListParts, all pages.
    func parts(of upload: UploadReference) async throws(AWSError) -> [UploadedPart]
    /// ListMultipartUploads of exactly this key.
    func uploads(of object: ObjectReference) async throws(AWSError) -> [PendingUpload]

    /// GetObject of a range, which must still have this ETag.
    func read(
        _ object: ObjectReference, range: ClosedRange<Int64>, eTag: String, payer: Payer
    ) async throws(AWSError) -> ByteStream
}

/// Who pays for a request to a requester-pays bucket.
public enum Payer: Sendable, Equatable {
    /// The bucket's owner.
    case owner
    /// Who sends the request.
    case requester
}

/// What one CopyObject does.
public struct WholeCopy: Sendable, Equatable {
    /// What is copied, and the ETag it must have.
    public var source: CopySource
    /// Where to.
    public var destination: ObjectReference
    /// What the copy is to be like.
    public var headers: DestinationHeaders
    /// Whether S3 itself copies metadata and Content-* headers: `x-amz-metadata-directive: COPY`.
    public var copiesMetadata: Bool
    /// Whether S3 itself copies the tags: `x-amz-tagging-directive: COPY`.
    public var copiesTags: Bool
    /// What may be there.
    public var condition: WriteCondition
}

/// What one UploadPartCopy does.
public struct PartCopy: Sendable, Equatable {
    /// What is copied, and the ETag it must have.
    public var source: CopySource
    /// The upload it becomes a part of.
    public var upload: UploadReference
    /// The number it has there.
    public var number: Int
    /// The bytes that it is, first and last included; `nil` for all.
    public var range: ClosedRange<Int64>?
}

/// What one CompleteMultipartUpload does.
public struct Completion: Sendable, Equatable {
    /// The upload.
    public var upload: UploadReference
    /// Its parts, in order.
    public var parts: [CopiedPart]
    /// `x-amz-mp-object-size`.
    public var size: Int64
    /// What may be there.
    public var condition: WriteCondition
}

/// A multipart upload.
public struct UploadReference: Sendable, Hashable {
    /// The object that it becomes.
    public var object: ObjectReference
    /// Its id.
    public var id: String
    /// Who pays.
    public var payer: Payer

    /// Names an upload.
    public init(object: ObjectReference, id: String, payer: Payer = .owner) {
        self.object = object
        self.id = id
        self.payer = payer
    }
}

/// A multipart upload that was begun.
public struct CreatedUpload: Sendable, Equatable {
    /// Its id.
    public var id: String
    /// When it was begun, in seconds since 1970, by S3's clock.
    public var date: Int64?

    /// States what was begun.
    public init(id: String, date: Int64? = nil) {
        self.id = id
        self.date = date
    }
}

/// A part as UploadPartCopy answers and CompleteMultipartUpload is told.
public struct CopiedPart: Sendable, Equatable {
    /// Its number.
    public var number: Int
    /// Its ETag.
    public var eTag: String
    /// Its checksum, where the upload has them.
    public var checksum: ObjectChecksum?

    /// States what was copied.
    public init(number: Int, eTag: String, checksum: ObjectChecksum? = nil) {
        self.number = number
        self.eTag = eTag
        self.checksum = checksum
    }
}

/// A part as ListParts shows it.
public struct UploadedPart: Sendable, Equatable {
    /// What CompleteMultipartUpload is told of it.
    public var part: CopiedPart
    /// Its size in bytes.
    public var size: Int64

    /// States what is there.
    public init(_ part: CopiedPart, size: Int64) {
        self.part = part
        self.size = size
    }
}

/// A multipart upload as ListMultipartUploads shows it.
public struct PendingUpload: Sendable, Equatable {
    /// Its id.
    public var id: String
    /// When it was begun, in seconds since 1970, by S3's clock.
    public var initiated: Int64
    /// The id of who began it, where the store says.
    public var initiator: String?

    /// States what is there.
    public init(id: String, initiated: Int64, initiator: String? = nil) {
        self.id = id
        self.initiated = initiated
        self.initiator = initiator
    }
}

/// An object as CopyObject and CompleteMultipartUpload answer.
public struct MadeObject: Sendable, Equatable {
    /// Its ETag.
    public var eTag: String
    /// Its version; `nil` in a bucket that never had versions.
    public var versionId: String?

    /// States what was made.
    public init(eTag: String, versionId: String? = nil) {
        self.eTag = eTag
        self.versionId = versionId
    }
}

/// Bytes in chunks, as fast as they are asked for.
public struct ByteStream: Sendable {
    let next: @Sendable () async throws(AWSError) -> [UInt8]?

    /// Makes a stream; `next` gives a chunk of at least one byte, and `nil` at the end.
    public init(next: @escaping @Sendable () async throws(AWSError) -> [UInt8]?) { self.next = next }
}
