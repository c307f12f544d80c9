import Commands
import FoundationEssentials
import Glibc

let code = await S3Haul.run(
    Array(CommandLine.arguments.dropFirst()), environment: ProcessInfo.processInfo.environment)
exit(code)
