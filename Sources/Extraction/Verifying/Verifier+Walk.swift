internal import Archives

extension Verifier {
    /// Reads the archive from its beginning, as any other tool would, and finds the same members in it as the index has,
    /// in the same order, and no others.
    ///
    /// - Parameter record: Takes the first member that differs; the rest is not compared then.
    /// - Returns: How many members are the same.
    /// - Throws: What `record` throws, or ``ExtractionError`` where the archive or the index cannot be read on.
    public func walk(record: (RestoredMember) async throws -> Void) async throws -> Int64 {
        let indexed = try await archive.members()
        let alone = archive.bytes == nil ? nil : try await archive.alone.members()
        var same: Int64 = 0
        while true {
            let entry = try await indexed.nextInArchive()
            guard let found = try await alone?.next() else {
                guard let entry else { return same }
                let error = ExtractionError("\(entry.name): the index has it, the archive has not", .damaged)
                try await record(RestoredMember(entry, nil, error))
                return same
            }
            guard let entry else {
                let error = ExtractionError("\(found.name): the archive has it, the index has not", .damaged)
                try await record(RestoredMember(found, nil, error))
                return same
            }
            if let difference = try await difference(entry, found, alone?.walk) {
                try await record(RestoredMember(entry, nil, ExtractionError(difference, .damaged)))
                return same
            }
            same += 1
        }
    }

    private func difference(_ entry: FoundMember, _ found: FoundMember, _ walk: TarWalk?) async throws -> String? {
        guard entry.name.utf8.elementsEqual(found.name.utf8) else {
            return "where the index has \(entry.name), the archive has \(found.name)"
        }
        guard entry.size == found.size else {
            return "\(entry.name): the index has \(entry.size) bytes of it, the archive \(found.size)"
        }
        var crc32 = found.crc32
        if let walk {
            var sum = CRC32()
            while let data = try await walk.nextData() { sum.update(data) }
            crc32 = sum.value
        }
        guard let known = entry.crc32, known != crc32 else { return nil }
        return "\(entry.name): the archive has other bytes of it than the index says"
    }
}

extension MemberList {
    /// The next member whose bytes are in the archive.
    fileprivate func nextInArchive() async throws -> FoundMember? {
        while let member = try await next() {
            if case .object = member.place { continue }
            return member
        }
        return nil
    }
}
