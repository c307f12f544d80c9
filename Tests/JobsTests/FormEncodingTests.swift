import Jobs
import Testing

@Suite struct FormEncodingTests {
    @Test(arguments: [
        ("a+b.txt", "a b.txt"), ("a%2Bb.txt", "a+b.txt"), ("a%20b", "a b"), ("%25", "%"), ("100%", "100%"),
        ("%zz", "%zz"), ("%4", "%4"), ("%4g", "%4g"), ("%%41", "%A"), ("%e6%97%a5", "日"), ("日本/", "日本/"),
        ("a%2Cb%22c%5Cd%0Ae", "a,b\"c\\d\ne"), ("", ""), ("%00", "\0"), ("%2525", "%25"),
    ])
    func decodesAsUnquotePlusDoes(_ encoded: String, _ decoded: String) {
        #expect(FormEncoding.decode(encoded) == decoded)
    }

    @Test(arguments: ["%FF", "a%C3", "%ED%A0%80", "%C0%AF"])
    func bytesThatAreNoTextAreRefused(_ encoded: String) {
        #expect(FormEncoding.decode(encoded) == nil)
    }

    @Test(arguments: ["a+b %&=?/~-._", "日本\u{0}\u{7f}", "\r\n", "%41", ""])
    func whatIsEncodedIsDecodedAgain(_ text: String) {
        #expect(FormEncoding.decode(FormEncoding.encode(text)) == text)
        #expect(FormEncoding.decode(FormEncoding.encode(text, safe: "/:")) == text)
    }
}
