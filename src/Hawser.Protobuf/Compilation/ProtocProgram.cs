using System.Runtime.InteropServices;

namespace Hawser.Protobuf;

/// <summary>Where protoc is, and the folder of the well-known types' files that belongs to it.</summary>
/// <param name="Path">The program's path.</param>
/// <param name="IncludePath">The folder that <c>google/protobuf/*.proto</c> are found in, or null when there is none.</param>
internal sealed record ProtocProgram(string Path, string? IncludePath)
{
    internal static ProtocProgram Find(ProtoCompilerOptions options, string baseDirectory) =>
        Find(options, baseDirectory, Environment.GetEnvironmentVariable(ProtoCompilerOptions.ProtocVariable));

    internal static ProtocProgram Find(ProtoCompilerOptions options, string baseDirectory, string? variable)
    {
        var include = IncludeOf(System.IO.Path.Combine(baseDirectory, "protoc", "include"));
        var chosen = options.ProtocPath ?? variable;
        if (!string.IsNullOrEmpty(chosen))
        {
            return File.Exists(chosen)
                ? new ProtocProgram(System.IO.Path.GetFullPath(chosen), include)
                : throw new FileNotFoundException(
                    $"protoc, which compiles .proto files, is not at '{chosen}', where {(options.ProtocPath is null ? $"the environment variable {ProtoCompilerOptions.ProtocVariable}" : $"{nameof(ProtoCompilerOptions)}.{nameof(options.ProtocPath)}")} says.",
                    chosen);
        }

        var path = System.IO.Path.Combine(baseDirectory, "protoc", Platform, OperatingSystem.IsWindows() ? "protoc.exe" : "protoc");
        return File.Exists(path)
            ? new ProtocProgram(path, include)
            : throw new FileNotFoundException(
                $"protoc, which compiles .proto files, is not at '{path}', where it comes with Hawser.Protobuf. Publish the program with its 'protoc' folder, or name another protoc in the environment variable {ProtoCompilerOptions.ProtocVariable}.",
                path);
    }

    private static string Platform => RuntimeInformation.OSArchitecture switch
    {
        _ when OperatingSystem.IsMacOS() => "osx",
        Architecture.X86 when OperatingSystem.IsWindows() => "win-x86",
        // Windows on Arm runs x64 programs.
        _ when OperatingSystem.IsWindows() => "win-x64",
        var architecture => $"linux-{architecture.ToString().ToLowerInvariant()}",
    };

    private static string? IncludeOf(string path) => Directory.Exists(path) ? path : null;
}
