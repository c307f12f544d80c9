/// Reads a tar (pax, ustar, GNU or older) from its bytes, in whatever chunks they come.
///
/// It holds one header at a time, and of long names and pax headers at most ``longestHeader`` bytes.
public struct TarReader: Sendable {
    /// What comes next in the archive.
    public enum Event: Sendable, Equatable {
        /// A member begins.
        case member(TarMember)
        /// The next bytes of its data.
        case data(ArraySlice<UInt8>)
        /// All its data was given.
        case endOfMember
        /// The archive is at its end; what follows is padding.
        case end
    }

    /// The most bytes of a pax header or long name that are read: 1 MiB.
    public static let longestHeader = 1 << 20

    private enum State {
        case header
        case sparseMap
        case headerData(UInt8)
        case data
        case padding
        case ended
    }

    private var state = State.header
    private var buffer: [UInt8] = []
    private var wanted = TarHeader.blockSize
    private var dataLeft: Int64 = 0
    private var zerosToSkip = 0
    private var position: Int64
    private var sawZeroBlock = false
    private var pending = PendingHeaders()
    private var globalRecords: [String: [UInt8]] = [:]
    private var sparseMember: TarMember?

    /// Makes a reader for the bytes from an offset on, where a member's headers begin.
    public init(at offset: Int64 = 0) { position = offset }

    /// The next event; takes what it uses from the input.
    ///
    /// - Returns: nil when it needs more input.
    /// - Throws: ``ArchiveError`` with the offset in the tar.
    public mutating func next(_ input: inout ArraySlice<UInt8>) throws(ArchiveError) -> Event? {
        while true {
            switch state {
            case .ended:
                input = []
                return nil
            case .padding:
                guard skipPadding(&input) else { return nil }
            case .data:
                guard dataLeft > 0 else {
                    state = .padding
                    return .endOfMember
                }
                guard !input.isEmpty else { return nil }
                return .data(takeData(&input))
            case .header, .sparseMap, .headerData:
                guard fill(&input) else { return nil }
                if let event = try endOfBlock() { return event }
            }
        }
    }

    /// Says that the input is at its end.
    ///
    /// - Throws: ``ArchiveError`` where the archive is not: one without its end mark may have lost members.
    public func finish() throws(ArchiveError) {
        if case .ended = state { return }
        if case .header = state, sawZeroBlock, buffer.isEmpty { return }
        throw ArchiveError(.truncated, "The tar ends before its end mark", at: position)
    }

    private mutating func fill(_ input: inout ArraySlice<UInt8>) -> Bool {
        let taken = input.prefix(wanted - buffer.count)
        buffer += taken
        input = input.dropFirst(taken.count)
        position += Int64(taken.count)
        return buffer.count == wanted
    }

    private mutating func takeData(_ input: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let taken = input.prefix(Int(min(Int64(input.count), dataLeft)))
        input = input.dropFirst(taken.count)
        dataLeft -= Int64(taken.count)
        position += Int64(taken.count)
        return taken
    }

    private mutating func skipPadding(_ input: inout ArraySlice<UInt8>) -> Bool {
        let skipped = min(zerosToSkip, input.count)
        input = input.dropFirst(skipped)
        zerosToSkip -= skipped
        position += Int64(skipped)
        guard zerosToSkip == 0 else { return false }
        expect(.header, TarHeader.blockSize)
        return true
    }

    private mutating func expect(_ next: State, _ bytes: Int) {
        state = next
        buffer.removeAll(keepingCapacity: true)
        wanted = bytes
    }

    private mutating func endOfBlock() throws(ArchiveError) -> Event? {
        switch state {
        case .sparseMap: return endOfSparseMap()
        case .headerData(let type):
            try keepExtension(type)
            return nil
        default: return try endOfHeader()
        }
    }

    private mutating func endOfHeader() throws(ArchiveError) -> Event? {
        let start = position - Int64(TarHeader.blockSize)
        if buffer.allSatisfy({ $0 == 0 }) {
            guard !pending.hasAny else { throw ArchiveError(.damaged, "A header of a member without one", at: start) }
            if sawZeroBlock {
                state = .ended
                return .end
            }
            sawZeroBlock = true
            expect(.header, TarHeader.blockSize)
            return nil
        }
        guard !sawZeroBlock else { throw ArchiveError(.damaged, "A lone block of zeros", at: start) }
        let block = try TarBlock(buffer, at: start)
        if block.isExtension {
            guard block.size <= Int64(Self.longestHeader) else {
                throw ArchiveError(.tooLarge, "A header of more than \(Self.longestHeader) bytes", at: start)
            }
            zerosToSkip = TarHeader.padding(after: block.size)
            expect(.headerData(block.type), Int(block.size) + zerosToSkip)
            return nil
        }
        let member = try pending.member(block, global: globalRecords, dataOffset: position)
        pending = PendingHeaders()
        guard block.hasSparseMap else { return begin(member) }
        sparseMember = member
        expect(.sparseMap, TarHeader.blockSize)
        return nil
    }

    /// More blocks of GNU's old sparse map stand between header and data.
    private mutating func endOfSparseMap() -> Event? {
        let hasMore = buffer[504] != 0
        expect(.sparseMap, TarHeader.blockSize)
        guard !hasMore, var member = sparseMember else { return nil }
        sparseMember = nil
        member.nextOffset = member.nextOffset.addingReportingOverflow(position - member.dataOffset).partialValue
        member.dataOffset = position
        return begin(member)
    }

    private mutating func begin(_ member: TarMember) -> Event {
        dataLeft = member.size
        zerosToSkip = TarHeader.padding(after: member.size)
        state = .data
        return .member(member)
    }

    private mutating func keepExtension(_ type: UInt8) throws(ArchiveError) {
        let content = Array(buffer.dropLast(zerosToSkip))
        let start = position - Int64(buffer.count)
        expect(.header, TarHeader.blockSize)
        switch type {
        case UInt8(ascii: "L"): pending.longName = TarField.string(content[...])
        case UInt8(ascii: "K"): pending.longLink = TarField.string(content[...])
        default:
            guard let records = PaxRecord.parse(content) else {
                throw ArchiveError(.damaged, "A pax header with a broken record", at: start)
            }
            // Only what is used is kept, so that headers upon headers cannot fill the memory.
            let used = records.filter { PendingHeaders.keywords.contains($0.key) }
            if type == UInt8(ascii: "g") {
                globalRecords.merge(used) { $1 }
            } else {
                pending.records = (pending.records ?? [:]).merging(used) { $1 }
            }
        }
    }
}
