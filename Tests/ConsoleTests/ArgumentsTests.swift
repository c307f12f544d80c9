import Console
import Testing

let mail = Verb(
    "send", "sends a letter", usage: ["send [FLAGS] TO [FROM]"],
    examples: [.init("post send --class fast you", "sends it fast")],
    groups: [
        FlagGroup(
            "What to send",
            [
                Flag("class", taking: "CLASS", standard: "slow", "how fast it goes"),
                Flag("stamp", taking: "PENCE", isRepeatable: true, "a stamp; may be repeated"),
                Flag("register", "asks for a receipt"),
                Flag(
                    "a-flag-with-a-long-name", taking: "VALUE",
                    "shows how help goes on in the line below a name that is long"),
            ])
    ], operands: 1...2,
    notes: ["A note on letters that is long enough to be broken into two lines by whoever shows it."])
let post = Program(
    name: "post", summary: "brings letters", version: "1.2.3",
    verbs: [mail, Verb("fetch", "fetches letters", usage: ["fetch"])])

@Suite struct ArgumentsTests {
    func run(_ words: [String], _ environment: [String: String] = [:]) throws(UsageError) -> Arguments {
        guard case .run(let arguments) = try post.parse(["send"] + words, environment: environment) else {
            throw UsageError("no verb to run")
        }
        return arguments
    }

    @Test func readsFlagsAndOperandsInAnyOrder() throws {
        let arguments = try run(["you", "--class", "fast", "--stamp=5", "--register", "--stamp", "7", "-"])
        #expect(arguments.operands == ["you", "-"])
        #expect(arguments.value("class") == "fast")
        #expect(arguments.values("stamp") == ["5", "7"])
        #expect(arguments.isSet("register"))
        #expect(try arguments.number("stamp", in: 1...10) == 7)
    }

    @Test func takesEverythingBehindTwoHyphensAsOperands() throws {
        #expect(try run(["--", "--class", "-x"]).operands == ["--class", "-x"])
    }

    @Test func keepsHyphensAndEqualSignsInValues() throws {
        #expect(try run(["--class=--a=b", "you"]).value("class") == "--a=b")
        #expect(try run(["--class", "-1", "you"]).value("class") == "-1")
        #expect(try run(["--class=", "you"]).value("class") == "")
    }

    @Test func looksFlagsUpInTheEnvironment() throws {
        let environment = ["S3HAUL_CLASS": "fast", "S3HAUL_REGISTER": "true", "S3HAUL_STAMP": ""]
        let arguments = try run(["you"], environment)
        #expect(arguments.value("class") == "fast")
        #expect(arguments.isSet("register"))
        #expect(arguments.values("stamp") == [])
        #expect(arguments.origin("class") == "S3HAUL_CLASS")
        #expect(try run(["you", "--class", "slow"], environment).value("class") == "slow")
    }

    @Test(
        arguments: [
            ([], "say what to do: send, fetch, or help"),
            (["sned"], "there is no verb 'sned'; did you mean 'send'?"),
            (["launch"], "there is no verb 'launch'; the verbs are send, fetch, help, version"),
            (["help", "fecth"], "there is no verb 'fecth'; did you mean 'fetch'?"),
            (["send", "--clas", "x", "you"], "send has no flag --clas; did you mean --class?"),
            (["send", "-q", "you"], "send has no flag -q; see: s3haul help send"),
            (["send", "--zzzzzzzzz=1"], "send has no flag --zzzzzzzzz; see: s3haul help send"),
            (["send", "you", "--class"], "--class needs a value: --class CLASS"),
            (["send", "you", "--class", "--register"], "--class needs a value: --class CLASS"),
            (["send", "--register=1", "you"], "--register takes no value"),
            (["send", "--class", "a", "--class", "b", "you"], "--class is given twice; it can have one value"),
            (["send"], "arguments are missing. Use: s3haul send [FLAGS] TO [FROM]"),
            (["send", "a", "b", "c"], "what is 'c' for? Use: s3haul send [FLAGS] TO [FROM]"),
        ] as [([String], String)])
    func refuses(_ words: [String], _ message: String) {
        let error = #expect(throws: UsageError.self) { try post.parse(words, environment: [:]) }
        #expect(error?.description == message)
    }

    enum Speed: String, CaseIterable { case fast, slow }

    @Test func checksValues() throws {
        let arguments = try run(["you", "--class", "swift", "--stamp", "11"])
        #expect(throws: UsageError("--stamp: '11' is not a whole number from 1 to 10")) {
            try arguments.number("stamp", in: 1...10)
        }
        #expect(throws: UsageError("--class: 'swift' is none of fast, slow")) {
            try arguments.choice("class", Speed.self)
        }
        #expect(throws: UsageError("S3HAUL_CLASS: 'swift' is none of fast, slow")) {
            try run(["you"], ["S3HAUL_CLASS": "swift"]).choice("class", Speed.self)
        }
        #expect(try run(["you", "--class", "slow"]).choice("class", Speed.self) == .slow)
    }

    @Test(
        arguments: [
            (["help"], Command.help(nil)), (["--help"], .help(nil)), (["help", "send"], .help(mail)),
            (["send", "--help"], .help(mail)), (["send", "--nonsense", "-h"], .help(mail)),
            (["version"], .version), (["--version"], .version),
        ] as [([String], Command)])
    func answersQuestions(_ words: [String], _ command: Command) throws {
        #expect(try post.parse(words, environment: [:]) == command)
    }
}
