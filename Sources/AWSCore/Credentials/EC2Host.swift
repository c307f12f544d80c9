/// What a machine's firmware says of where it runs.
public enum EC2Host {
    /// Whether this machine, or the one that this container is on, is an EC2 instance.
    ///
    /// Nitro and bare metal say so in their DMI table, older ones by the UUID that Xen gave them (EC2 User Guide,
    /// "Detect whether a host is an EC2 instance").
    ///
    /// - Parameter readFile: Reads files of `/sys`.
    /// - Returns: `false` also where neither can be read.
    public static func isThis(readFile: FileReader = readSmallFile) -> Bool {
        func text(_ path: String) -> String {
            ((try? readFile(path)) ?? nil).map { String(decoding: $0, as: UTF8.self).lowercased() } ?? ""
        }
        return text("/sys/class/dmi/id/sys_vendor").hasPrefix("amazon ec2")
            || text("/sys/hypervisor/uuid").hasPrefix("ec2")
    }
}
