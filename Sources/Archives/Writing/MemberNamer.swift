/// Gives the members of one archive names that do not collide.
///
/// It remembers a number of 64 bits for every file and folder so far, about 25 bytes a member; two that share one by
/// chance only cost a mark that was not needed.
struct MemberNamer: Sendable {
    /// Who has a name, in four bytes, as there may be millions.
    private struct Taken {
        private var bits: UInt32

        init(isFile: Bool) { bits = isFile ? 3 : 2 }

        var isFile: Bool { bits & 1 == 1 }

        /// The mark that the next file of this name tries first.
        var nextMark: Int {
            get { Int(bits >> 1) }
            set { bits = UInt32(clamping: min(newValue, 1 << 30)) << 1 | bits & 1 }
        }
    }

    private var taken: [UInt64: Taken] = [:]

    /// The name for a key; a key that comes again gets another name.
    mutating func name(for key: String) -> String {
        let components = MemberName.components(of: key)
        var path: [UInt8] = []
        var hash = PathHash()
        for (position, component) in components.enumerated() {
            let isFile = position == components.count - 1
            let mark = claim(component, under: hash, isFile: isFile)
            for piece in MemberName.pieces(of: component, mark: MemberName.mark(mark)) {
                if !path.isEmpty { path.append(UInt8(ascii: "/")) }
                path += piece
            }
            hash.add(component, mark: mark)
        }
        return String(decoding: path, as: UTF8.self)
    }

    private mutating func claim(_ component: [UInt8], under folder: PathHash, isFile: Bool) -> Int {
        let plain = folder.adding(component, mark: 0)
        var mark = 0
        while true {
            let candidate = folder.adding(component, mark: mark)
            guard let holder = taken[candidate] else {
                taken[candidate] = Taken(isFile: isFile)
                if isFile, mark > 0 { taken[plain]?.nextMark = mark + 1 }
                return mark
            }
            if !isFile, !holder.isFile { return mark }
            mark = mark == 0 && isFile ? holder.nextMark : mark + 1
        }
    }
}

/// A path as a number: FNV-1a of 64 bits, since Swift's own hashes differ from run to run and names must not.
private struct PathHash {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func add(_ component: [UInt8], mark: Int) {
        for byte in component { add(byte) }
        for byte in MemberName.mark(mark) { add(byte) }
        add(UInt8(ascii: "/"))
    }

    func adding(_ component: [UInt8], mark: Int) -> UInt64 {
        var copy = self
        copy.add(component, mark: mark)
        return copy.value
    }

    private mutating func add(_ byte: UInt8) {
        value = (value ^ UInt64(byte)) &* 0x100_0000_01B3
    }
}
