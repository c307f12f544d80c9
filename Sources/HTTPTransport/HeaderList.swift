internal import CCurl

/// Header fields as libcurl reads them: its linked list and all of its text in one block of memory, where
/// `curl_slist_append` takes two for each field.
///
/// The block is this value's own, holds as many nodes and bytes as were counted before, and is freed with it: it must
/// outlive the transfer.
struct HeaderList: ~Copyable {
    private let block: UnsafeMutableRawPointer
    /// The first node.
    var first: UnsafeMutablePointer<curl_slist> { block.assumingMemoryBound(to: curl_slist.self) }

    /// Makes a list of fields that can be sent, and of names that libcurl is to leave out; one of both at least.
    init(_ fields: [HTTPHeaders.Field], without names: [String]) {
        let nodes = fields.count + names.count
        // ": " and the terminating 0, ";" or ":" and that.
        let bytes =
            fields.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count + 3 }
            + names.reduce(0) { $0 + $1.utf8.count + 2 }
        let nodeBytes = nodes * MemoryLayout<curl_slist>.stride
        block = .allocate(byteCount: nodeBytes + bytes, alignment: MemoryLayout<curl_slist>.alignment)
        let node = block.bindMemory(to: curl_slist.self, capacity: nodes)
        var text = (block + nodeBytes).bindMemory(to: UInt8.self, capacity: bytes)
        var used = 0
        func add(_ name: String, _ separator: String, _ value: String = "") {
            let data = UnsafeMutableRawPointer(text).assumingMemoryBound(to: CChar.self)
            node[used] = curl_slist(data: data, next: used + 1 < nodes ? node + used + 1 : nil)
            used += 1
            for part in [name, separator, value] {
                let count = part.utf8.count
                _ = UnsafeMutableBufferPointer(start: text, count: count).initialize(from: part.utf8)
                text += count
            }
            text[0] = 0
            text += 1
        }
        for field in fields {
            if field.value.isEmpty { add(field.name, ";") } else { add(field.name, ": ", field.value) }
        }
        for name in names { add(name, ":") }
    }

    deinit { block.deallocate() }
}
