// Goes wrong on purpose: a sanitizer run of the tests counts only if the same build of this is caught.

/// What two threads count on without agreeing.
enum Shared {
    nonisolated(unsafe) static var counter = 0
}

func race() async {
    for _ in 0..<100 {  // Any one round may be missed on a busy machine.
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask { for _ in 0..<10_000 { Shared.counter += 1 } }
            }
        }
    }
    print("no one saw \(Shared.counter) steps race")
}

func useAfterFree() {
    let byte = UnsafeMutablePointer<UInt8>.allocate(capacity: 1)
    byte.initialize(to: 1)
    byte.deallocate()
    print("no one saw \(byte.pointee) used after it was freed")
}

func leak() {
    UnsafeMutablePointer<UInt8>.allocate(capacity: 1000).initialize(repeating: 1, count: 1000)
    print("no one saw a leak")
}

switch CommandLine.arguments.dropFirst().first {
case "race": await race()
case "use-after-free": useAfterFree()
case "leak": leak()
default: print("usage: sanitizer-canary race|use-after-free|leak")
}
