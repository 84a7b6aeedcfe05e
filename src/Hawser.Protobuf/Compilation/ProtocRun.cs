using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Hawser.Protobuf;

/// <summary>One run of protoc in a folder of its own, which is gone afterwards.</summary>
internal sealed class ProtocRun(ProtocProgram program, ProtoCompilerOptions options) : IDisposable
{
    internal const string SourceFolder = "files";

    // Many thousand messages; nobody reads more.
    private const int MaxErrorCharacters = 1024 * 1024;

    // EACCES: the file may not be executed by this user.
    private const int AccessDenied = 13;

    // ETXTBSY: somebody still has the file open for writing.
    private const int TextFileBusy = 26;

    private const int MostAttempts = 200;

    private readonly string folder = Directory.CreateTempSubdirectory("hawser-protoc-").FullName;

    private string OutputPath => Path.Combine(folder, "out.binpb");

    /// <summary>Compiles; the result is a descriptor set.</summary>
    /// <exception cref="ProtoCompilationException">protoc does not accept the files.</exception>
    /// <exception cref="TimeoutException">protoc was stopped because it took too long.</exception>
    internal async Task<byte[]> CompileAsync(ProtoFileSet files, CancellationToken cancellationToken)
    {
        var arguments = Prepare(files);
        using var process = await StartAsync(arguments, cancellationToken).ConfigureAwait(false);
        using var timeout = new CancellationTokenSource(options.Timeout, options.TimeProvider);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        string messages;
        try
        {
            process.StandardInput.Close();
            var errors = ReadBoundedAsync(process.StandardError, stop.Token);
            var output = ReadBoundedAsync(process.StandardOutput, stop.Token);
            messages = await errors.ConfigureAwait(false) + await output.ConfigureAwait(false);
            await process.WaitForExitAsync(stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            process.Kill(entireProcessTree: true);
            // Not with a token: the folder cannot be removed before the process is gone, and it goes at once.
            await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            throw new TimeoutException($"protoc took more than {options.Timeout.TotalSeconds:0.###} s and was stopped ({nameof(ProtoCompilerOptions)}.{nameof(options.Timeout)}).");
        }

        if (process.ExitCode != 0)
            throw Failure(process.ExitCode, messages, files);
        return ReadOutput();
    }

    public void Dispose()
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (IOException)
        {
            // A virus scanner may hold a file that was just written; it lies in the system's temporary folder, which is swept.
        }
    }

    private List<string> Prepare(ProtoFileSet files)
    {
        var sources = Path.Combine(folder, SourceFolder);
        Directory.CreateDirectory(sources);
        foreach (var file in files.Files)
        {
            var path = Path.Combine(sources, file.Name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, file.Text);
        }

        var arguments = new List<string> { $"--proto_path={SourceFolder}" };
        if (program.IncludePath is not null)
            arguments.Add($"--proto_path={program.IncludePath}");
        if (BundledImports.DescriptorSetFor(files) is { Length: > 0 } bundled)
        {
            File.WriteAllBytes(Path.Combine(folder, "bundled.binpb"), bundled);
            arguments.Add("--descriptor_set_in=bundled.binpb");
        }

        arguments.AddRange(["--descriptor_set_out=out.binpb", "--include_imports", "--include_source_info", "--retain_options"]);
        arguments.AddRange(files.Files.Where(file => file.IsCompiled).Select(file => file.Name));
        // In a file, because a command line has a limit.
        File.WriteAllLines(Path.Combine(folder, "arguments"), arguments);
        return ["@arguments"];
    }

    private async Task<Process> StartAsync(List<string> arguments, CancellationToken cancellationToken)
    {
        var path = program.Path;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return Start(path, arguments);
            }
            catch (Win32Exception failure) when (failure.NativeErrorCode == AccessDenied && attempt == 1 && !OperatingSystem.IsWindows())
            {
                path = MakeExecutable();
            }
            catch (Win32Exception failure) when (failure.NativeErrorCode == TextFileBusy && attempt < MostAttempts && !OperatingSystem.IsWindows())
            {
                // A process that was started while the copy was written holds it for the moment between fork and exec.
                await Task.Delay(TimeSpan.FromMilliseconds(5), options.TimeProvider, cancellationToken).ConfigureAwait(false);
            }
            catch (Win32Exception failure)
            {
                throw new IOException($"protoc at '{path}' does not run here: {failure.Message}. Name another protoc in the environment variable {ProtoCompilerOptions.ProtocVariable}.", failure);
            }
        }
    }

    private Process Start(string path, List<string> arguments)
    {
        var start = new ProcessStartInfo(path, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardErrorEncoding = Encoding.UTF8,
            StandardOutputEncoding = Encoding.UTF8,
            UseShellExecute = false,
            CreateNoWindow = true,
        };
        return Process.Start(start)!;
    }

    /// <summary>Packages carry no execute permission, and unpack a program for the user who installs; another user runs a copy.</summary>
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private string MakeExecutable()
    {
        const UnixFileMode Executable = UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute
            | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        try
        {
            File.SetUnixFileMode(program.Path, File.GetUnixFileMode(program.Path) | Executable);
            return program.Path;
        }
        catch (Exception failure) when (failure is UnauthorizedAccessException or IOException)
        {
            var copy = Path.Combine(folder, "protoc");
            File.Copy(program.Path, copy);
            File.SetUnixFileMode(copy, Executable);
            return copy;
        }
    }

    private byte[] ReadOutput()
    {
        using var output = File.OpenRead(OutputPath);
        return BoundedReading.ReadAll(
            output,
            options.MaxOutputBytes,
            () => new SchemaException($"The compiled descriptors have more than {options.MaxOutputBytes} bytes ({nameof(ProtoCompilerOptions)}.{nameof(options.MaxOutputBytes)})."));
    }

    private static Exception Failure(int exitCode, string messages, ProtoFileSet files)
    {
        var diagnostics = DiagnosticReader.Read(messages, files);
        return diagnostics.Any(diagnostic => !diagnostic.IsWarning)
            ? new ProtoCompilationException(diagnostics)
            : new IOException($"protoc ended with {exitCode} and no message.");
    }

    /// <summary>Reads to the end, so that the writer is never stopped, and keeps the beginning.</summary>
    private static async Task<string> ReadBoundedAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        var kept = new StringBuilder();
        var chunk = new char[4096];
        while (await reader.ReadAsync(chunk, cancellationToken).ConfigureAwait(false) is var count and > 0)
            kept.Append(chunk, 0, Math.Min(count, MaxErrorCharacters - kept.Length));
        return kept.ToString();
    }
}
