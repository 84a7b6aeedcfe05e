using System.Diagnostics;

namespace Hawser.Grpc.Tests.Web;

/// <summary>A real browser without a window.</summary>
internal sealed class Chromium : IDisposable
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome"];

    private readonly DirectoryInfo profile = Directory.CreateTempSubdirectory("hawser-chromium-");
    private readonly Process process;

    private Chromium(string program, string page)
    {
        var start = new ProcessStartInfo(program)
        {
            ArgumentList = { "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage", $"--user-data-dir={profile.FullName}", page },
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        process = Process.Start(start)!;
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
    }

    /// <summary>Where the browser is, or null.</summary>
    public static string? Find() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .SelectMany(folder => Names.Select(name => Path.Combine(folder, name)))
            .FirstOrDefault(File.Exists);

    /// <summary>Opens a page.</summary>
    public static Chromium Open(string program, string page) => new(program, page);

    public void Dispose()
    {
        process.Kill(entireProcessTree: true);
        process.WaitForExit();
        process.Dispose();
        try
        {
            profile.Delete(recursive: true);
        }
        catch (IOException)
        {
            // A process of the browser that is still ending has its file there; the system clears its temporary folder.
        }
    }
}
