import Console
import Testing

@Suite struct HelpTests {
    @Test func teachesAVerbByExample() {
        #expect(
            post.help(mail) == """
                post send: sends a letter

                  post send --class fast you
                      sends it fast

                Usage:
                  post send [FLAGS] TO [FROM]

                What to send:
                  --class CLASS           how fast it goes (default: slow)
                  --stamp PENCE           a stamp; may be repeated
                  --register              asks for a receipt
                  --a-flag-with-a-long-name VALUE
                                          shows how help goes on in the line below a name that
                                          is long

                A note on letters that is long enough to be broken into two lines by whoever
                shows it.

                """)
    }

    @Test func showsEveryVerb() {
        let text = post.help(Verb?.none)
        #expect(text.hasPrefix("post 1.2.3: brings letters\n\n  post send --class fast you\n"))
        #expect(text.contains("\n  send     sends a letter\n  fetch    fetches letters\n"))
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 88 })
    }
}
