// Writes and reads archives through the module, for tests beside other people's tools:
//
//   ArchiveTool write FORMAT ARCHIVE [FRAME-SIZE [THREADS]] < MEMBERS
//   ArchiveTool pack FORMAT ARCHIVE < PATHS
//   ArchiveTool read ARCHIVE
//   ArchiveTool alone ARCHIVE < PLACES
//
// A line of MEMBERS is the JSON of `Order`; `write` prints a `Place` for each member, `read` a `Sight`, from the archive
// alone; `alone` reads each member from its place. Zeros are left out of the archive's file where they fill a block.
import FoundationEssentials

switch CommandLine.arguments.dropFirst().first {
case "write": try await write(Array(CommandLine.arguments.dropFirst(2)))
case "pack": try await pack(Array(CommandLine.arguments.dropFirst(2)))
case "read": try read(CommandLine.arguments[2])
case "alone": try readAlone(CommandLine.arguments[2])
default: throw ToolError(message: "usage: ArchiveTool write|pack|read|alone …")
}
