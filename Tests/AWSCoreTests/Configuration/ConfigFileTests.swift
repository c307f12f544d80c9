import Testing

@testable import AWSCore

@Suite struct ConfigFileTests {
    struct Row: CustomTestStringConvertible, Sendable {
        var label: String
        var text: String
        var kind = ConfigFile.Kind.config
        var profiles: [String: [String: String]]
        var testDescription: String { label }
    }

    // The rules, and most of the cases, are those that AWS's SDKs share.
    static let rows: [Row] = [
        Row(label: "empty file", text: "", profiles: [:]),
        Row(label: "empty profile", text: "[profile foo]", profiles: ["foo": [:]]),
        Row(
            label: "characters of names", text: "[profile some-thing:long/the_one%only.foo@bar+]\n[profile foo!bar]",
            profiles: ["some-thing:long/the_one%only.foo@bar+": [:]]),
        Row(label: "blanks around names", text: "[ profile \tfoo \t]", profiles: ["foo": [:]]),
        Row(label: "tab behind profile", text: "[profile\tfoo]", profiles: ["foo": [:]]),
        Row(label: "CRLF", text: "[profile foo]\r\nname = value\r\n", profiles: ["foo": ["name": "value"]]),
        Row(label: "byte order mark", text: "\u{FEFF}[default]\na=b", profiles: ["default": ["a": "b"]]),
        Row(label: "no blanks around =", text: "[default]\na=b=c", profiles: ["default": ["a": "b=c"]]),
        Row(label: "blanks trimmed", text: "[default]\nname \t=  \tvalue \t", profiles: ["default": ["name": "value"]]),
        Row(label: "blanks inside kept", text: "[default]\na = b  c", profiles: ["default": ["a": "b  c"]]),
        Row(label: "empty value", text: "[default]\nname =", profiles: ["default": ["name": ""]]),
        Row(label: "unicode", text: "[default]\nname = é😂", profiles: ["default": ["name": "é😂"]]),
        Row(
            label: "blank lines", text: "\t \n[profile foo]\n\t\n \nname = value\n\t \n[profile bar]\n \t",
            profiles: ["foo": ["name": "value"], "bar": [:]]),
        Row(
            label: "comments behind blanks", text: "# a\n; b\n[profile foo] # c\nx = y # d ; e\nz = w\t; f\n  # g\n",
            profiles: ["foo": ["x": "y", "z": "w"]]),
        Row(
            label: "comments beside a name", text: "[profile foo]; a\n[profile bar]# b",
            profiles: ["foo": [:], "bar": [:]]),
        Row(
            label: "# and ; inside values", text: "[default]\na = b; c\nd = e#f # g",
            profiles: ["default": ["a": "b; c", "d": "e#f"]]),
        Row(label: "value that is a comment", text: "[default]\na = # b", profiles: ["default": ["a": ""]]),
        Row(
            label: "continued value", text: "[default]\na = b\n  -c # d \t\n -e",
            profiles: ["default": ["a": "b\n-c # d\n-e"]]),
        Row(
            label: "sections merge, last value wins", text: "[profile foo]\nName = 1\nx = 2\n[profile foo]\nname = 3",
            profiles: ["foo": ["name": "3", "x": "2"]]),
        Row(
            label: "profile default wins, first",
            text: "[profile default]\na = 1\n[default]\nb = 2\n[profile default]\nc = 3",
            profiles: ["default": ["a": "1", "c": "3"]]),
        Row(
            label: "profile default wins, last", text: "[default]\nb = 2\n[profile default]\na = 1",
            profiles: ["default": ["a": "1"]]),
        Row(label: "invalid name", text: "[profile in valid]\na = b\n -c", profiles: [:]),
        Row(label: "unknown sections", text: "[plugins]\na = b\n c\n[foo]\nd = e", profiles: [:]),
        Row(label: "invalid property", text: "[default]\nin valid = value\n x = y", profiles: ["default": [:]]),
        Row(label: "credentials", text: "[foo]\na = b", kind: .credentials, profiles: ["foo": ["a": "b"]]),
        Row(label: "prefix in credentials", text: "[profile foo]\na = b", kind: .credentials, profiles: [:]),
    ]

    @Test(arguments: rows) func profiles(_ row: Row) throws {
        let file = try ConfigFile(parsing: row.text, kind: row.kind, path: "F")
        #expect(file.profiles.mapValues { $0.mapValues(\.text) } == row.profiles)
    }

    @Test func nestedPropertiesAndOtherSections() throws {
        let text = """
            [profile dev]
            sso_session = corp
            services = local
            s3 =
              addressing_style = path   # for MinIO

              max_concurrent_requests=20
            region = eu-central-1

            [sso-session corp]
            sso_region = us-east-1
            sso_start_url = https://corp.awsapps.com/start#/

            [services local]
            s3 =
                endpoint_url = http://localhost:9000
            sqs =
                endpoint_url = http://localhost:4566
            """
        let file = try ConfigFile(parsing: text, kind: .config, path: "F")
        let s3 = try #require(file.profiles["dev"]?["s3"])
        #expect(s3.nested.mapValues(\.text) == ["addressing_style": "path", "max_concurrent_requests": "20"])
        #expect(s3.nested["max_concurrent_requests"]?.origin == "F:7")
        #expect(file.profiles["dev"]?["region"]?.text == "eu-central-1")
        #expect(file.ssoSessions["corp"]?["sso_start_url"]?.text == "https://corp.awsapps.com/start#/")
        #expect(file.services["local"]?["sqs"]?.nested["endpoint_url"]?.text == "http://localhost:4566")
    }

    @Test(arguments: [
        ("[profile foo", "F:1: a section's name must end with ]"),
        ("[profile foo] bar", "F:1: only a comment may follow a section's name"),
        ("\nname = value", "F:2: a section such as [default] must come before this line"),
        (" -continued", "F:1: a section such as [default] must come before this line"),
        ("[default]\n= value", "F:2: there is no name before the ="),
        ("[default]\nkey : value", "F:2: a property must be written as name = value"),
        ("[default]\n -continued", "F:2: an indented line must follow a property that it belongs to"),
        ("[default]\na = b\n[default]\n c", "F:4: an indented line must follow a property that it belongs to"),
        ("[default]\ns3 =\n invalid", "F:3: a property must be written as name = value"),
        ("[default]\ns3 =\n = value", "F:3: there is no name before the ="),
    ])
    func wrongLines(text: String, message: String) {
        #expect(throws: ConfigurationError(message)) { try ConfigFile(parsing: text, kind: .config, path: "F") }
    }

    @Test func credentialsFileWins() throws {
        let config = try ConfigFile(parsing: "[profile a]\nx = 1\ny = 2\n[profile b]\nz = 3", kind: .config, path: "F")
        let credentials = try ConfigFile(parsing: "[a]\nx = 4\n[c]\nz = 5", kind: .credentials, path: "G")
        let merged = config.merging(credentials: credentials).profiles.mapValues { $0.mapValues(\.text) }
        #expect(merged == ["a": ["x": "4", "y": "2"], "b": ["z": "3"], "c": ["z": "5"]])
    }
}
