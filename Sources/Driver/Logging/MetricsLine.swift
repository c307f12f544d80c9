import FoundationEssentials
import Jobs

/// What one invocation did, in CloudWatch's embedded metric format
/// (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html).
struct MetricsLine: Encodable {
    private struct Directive: Encodable {
        var timestamp: Int64
        var cloudWatchMetrics: [MetricSet]

        enum CodingKeys: String, CodingKey {
            case timestamp = "Timestamp"
            case cloudWatchMetrics = "CloudWatchMetrics"
        }
    }

    private struct MetricSet: Encodable {
        var namespace = "s3haul"
        var dimensions = [["FunctionName"]]
        var metrics: [Metric]

        enum CodingKeys: String, CodingKey {
            case namespace = "Namespace"
            case dimensions = "Dimensions"
            case metrics = "Metrics"
        }
    }

    private struct Metric: Encodable {
        var name: String
        var unit: String

        enum CodingKeys: String, CodingKey {
            case name = "Name"
            case unit = "Unit"
        }
    }

    private struct Name: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    private var time: Date
    private var functionName: String
    private var values: [(metric: Metric, values: [Double])]

    /// The metrics of an invocation's tasks.
    init(_ time: Date, functionName: String, _ records: [TaskRecord]) {
        self.time = time
        self.functionName = functionName
        func count(_ outcome: TaskRecord.Outcome) -> Double {
            Double(records.count { $0.outcome == outcome })
        }
        values = [
            (Metric(name: "Copied", unit: "Count"), [count(.copied)]),
            (Metric(name: "Unchanged", unit: "Count"), [count(.unchanged)]),
            (Metric(name: "Submitted", unit: "Count"), [count(.submitted)]),
            (Metric(name: "Queued", unit: "Count"), [count(.queued)]),
            (Metric(name: "Interrupted", unit: "Count"), [count(.interrupted)]),
            (Metric(name: "Failed", unit: "Count"), [count(.failed)]),
            (
                Metric(name: "BytesCopied", unit: "Bytes"),
                [records.reduce(0) { $0 + ($1.outcome == .copied ? Double($1.size ?? 0) : 0) }]
            ),
            // One metric has at most 100 values in a line.
            (Metric(name: "TaskDuration", unit: "Seconds"), Array(records.compactMap(\.seconds).prefix(100))),
        ]
    }

    func encode(to encoder: any Encoder) throws {
        var line = encoder.container(keyedBy: Name.self)
        let directive = Directive(
            timestamp: Int64(time.timeIntervalSince1970 * 1000),
            cloudWatchMetrics: [MetricSet(metrics: values.filter { !$0.values.isEmpty }.map(\.metric))])
        try line.encode(directive, forKey: Name(stringValue: "_aws"))
        try line.encode(functionName, forKey: Name(stringValue: "FunctionName"))
        for (metric, values) in values where !values.isEmpty {
            let name = Name(stringValue: metric.name)
            if values.count == 1 {
                try line.encode(values[0], forKey: name)
            } else {
                try line.encode(values, forKey: name)
            }
        }
    }
}
