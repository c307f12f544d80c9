/// Where the requests about a bucket or an object go.
public struct S3Address: Sendable, Equatable {
    /// The endpoint; with virtual-host addressing, the bucket is part of its host.
    public var endpoint: Endpoint
    /// The path behind the endpoint's base path, percent-encoded once, with a leading slash.
    public var path: String
}

/// How a bucket is named in a request.
public enum S3AddressingStyle: String, Sendable, CaseIterable {
    /// In the host where the endpoint and the bucket's name allow it, else in the path.
    case auto
    /// In the host: `https://bucket.s3.eu-central-1.amazonaws.com/key`.
    case virtual
    /// In the path: `http://localhost:9000/bucket/key`.
    case path
}

extension Endpoint {
    /// The address of a bucket, or of an object in it.
    ///
    /// - Parameters:
    ///   - bucket: The bucket's name.
    ///   - key: The object's key, as it is; `nil` for requests about the bucket.
    ///   - style: `auto` puts the bucket into the host on AWS's own endpoints, and into the path everywhere else.
    /// - Returns: The address. A name that cannot stand in a host, or one with dots under `https` (a wildcard
    ///   certificate covers no dots), stands in the path.
    /// - Throws: `ConfigurationError` for an ARN, a directory bucket, and what cannot be a bucket's name.
    public func s3Address(
        bucket: String, key: String? = nil, style: S3AddressingStyle = .auto
    ) throws(ConfigurationError) -> S3Address {
        try checkBucketName(bucket)
        let keyPath = key.map { "/" + $0.percentEncoded(keepingSlashes: true) }
        guard putsInHost(bucket, style: style) else {
            return S3Address(endpoint: self, path: "/" + bucket.percentEncoded(keepingSlashes: false) + (keyPath ?? ""))
        }
        var endpoint = self
        endpoint.authority = "\(bucket).\(authority)"
        return S3Address(endpoint: endpoint, path: keyPath ?? "/")
    }

    private func putsInHost(_ bucket: String, style: S3AddressingStyle) -> Bool {
        switch style {
        case .path: false
        case .auto:
            !isCustom && bucket.canStandInHost && !(scheme == "https" && bucket.utf8.contains(UInt8(ascii: ".")))
        case .virtual: bucket.canStandInHost && !hasAddressForHost
        }
    }
}

extension Endpoint {
    /// Whether the host is an IP address, which no name can stand before.
    private var hasAddressForHost: Bool {
        authority.utf8.first == UInt8(ascii: "[") || authority.utf8.allSatisfy { $0 < UInt8(ascii: "A") }
    }
}

private func checkBucketName(_ bucket: String) throws(ConfigurationError) {
    if bucket.utf8.starts(with: "arn:".utf8) {
        throw ConfigurationError(
            "\"\(bucket)\": access point ARNs are not supported; use the access point's alias, or the bucket's name")
    }
    if bucket.hasSuffix("--x-s3") {
        throw ConfigurationError("\"\(bucket)\": directory buckets (S3 Express One Zone) are not supported")
    }
    let isName = bucket.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") }
    guard isName, !bucket.isEmpty, bucket != ".", bucket != ".." else {
        throw ConfigurationError("\"\(bucket)\" is not the name of a bucket")
    }
}

extension String {
    /// Whether a bucket of this name can be part of a host's name.
    /// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html)
    fileprivate var canStandInHost: Bool {
        let labels = utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        let areLabels = labels.allSatisfy { label in
            label.allSatisfy(\.isHostLabelByte) && label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-")
                && !label.isEmpty
        }
        let isAddress = labels.count == 4 && labels.joined().allSatisfy { $0 < UInt8(ascii: "a") }
        return (3...63).contains(utf8.count) && areLabels && !isAddress
    }
}
