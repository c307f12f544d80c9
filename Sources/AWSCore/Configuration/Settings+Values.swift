extension Settings {
    /// How often a request is sent at most; `nil` when nothing says it.
    func maxAttempts() throws(ConfigurationError) -> Int? {
        guard let setting = value("AWS_MAX_ATTEMPTS", key: "max_attempts") else { return nil }
        guard let number = Int(setting.value), (1...100).contains(number) else {
            throw ConfigurationError("\(setting.origin) is \"\(setting.value)\"; it must be a number from 1 to 100")
        }
        return number
    }

    /// How buckets are named in requests; `nil` when nothing says it.
    func addressingStyle() throws(ConfigurationError) -> S3AddressingStyle? {
        guard let value = profile["s3"]?.nested["addressing_style"], !value.text.isEmpty else { return nil }
        guard let style = S3AddressingStyle(rawValue: value.text) else {
            throw ConfigurationError(
                "s3.addressing_style in \(value.origin) is \"\(value.text)\"; it must be auto, virtual or path")
        }
        return style
    }

    /// The endpoint of each service that has one configured.
    ///
    /// In this order: `AWS_ENDPOINT_URL_<SERVICE>`, `AWS_ENDPOINT_URL`, the profile's `services` section, the
    /// profile's `endpoint_url`; none when `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS` is true.
    /// (https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html)
    func configuredEndpoints() throws(ConfigurationError) -> [AWSService: Endpoint] {
        if try flag("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", key: "ignore_configured_endpoint_urls") { return [:] }
        let servicesSection = try servicesSection()
        var endpoints: [AWSService: Endpoint] = [:]
        for service in AWSService.all {
            let ofService = environmentValue("AWS_ENDPOINT_URL_\(service.environmentName)")
            let inSection = servicesSection[service.configName]?.nested["endpoint_url"].flatMap {
                $0.text.isEmpty
                    ? nil : Setting(value: $0.text, origin: "\(service.configName).endpoint_url in \($0.origin)")
            }
            let setting =
                ofService ?? environmentValue("AWS_ENDPOINT_URL") ?? inSection ?? profileValue("endpoint_url")
            if let setting { endpoints[service] = try Endpoint(url: setting.value, origin: setting.origin) }
        }
        return endpoints
    }

    /// Whether and where EC2's metadata service is asked.
    func instanceMetadata() throws(ConfigurationError) -> InstanceMetadataSettings {
        let isDisabled = environment["AWS_EC2_METADATA_DISABLED"]?.lowercased() == "true"
        let endpoint = value("AWS_EC2_METADATA_SERVICE_ENDPOINT", key: "ec2_metadata_service_endpoint")
        let mode = value("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", key: "ec2_metadata_service_endpoint_mode")
        let hosts = ["ipv4": "http://169.254.169.254", "ipv6": "http://[fd00:ec2::254]"]
        guard let host = hosts[mode?.value.lowercased() ?? "ipv4"] else {
            throw ConfigurationError("\(mode?.origin ?? "") is \"\(mode?.value ?? "")\"; it must be IPv4 or IPv6")
        }
        return InstanceMetadataSettings(
            isDisabled: isDisabled,
            endpoint: try Endpoint(url: endpoint?.value ?? host, origin: endpoint?.origin ?? ""))
    }

    private func environmentValue(_ variable: String) -> Setting? {
        environment[variable].map { Setting(value: $0, origin: variable) }
    }

    private func servicesSection() throws(ConfigurationError) -> ConfigFile.Section {
        guard let name = profileValue("services") else { return [:] }
        guard let section = files.services[name.value] else {
            throw ConfigurationError(
                "\(name.origin) is \"\(name.value)\", but there is no section [services \(name.value)]")
        }
        return section
    }
}

/// Whether and where EC2's metadata service is asked.
struct InstanceMetadataSettings: Sendable {
    var isDisabled: Bool
    var endpoint: Endpoint
}
