using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Hawser.Bench.Measuring;

namespace Hawser.Bench.Grpc;

/// <summary><c>grpc-foreign-load --pid N --port N</c>: the load of <c>h2load</c> on a server that is another process, and what each call costs that one.</summary>
internal static partial class ForeignLoad
{
    private const int Header = 5;

    public static async Task RunAsync(Arguments arguments)
    {
        var server = arguments.Number("pid", 1);
        var port = arguments.Number("port", 4770);
        var codec = arguments.Text("codec", "raw");
        var connections = arguments.Number("connections", 8);
        var callers = arguments.Number("callers", 96);
        var payload = arguments.Number("payload", 64);
        var warmup = arguments.Seconds("warmup", 2);
        var duration = arguments.Seconds("duration", 5);
        arguments.RejectTheRest();

        var body = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(body, Message(payload));
            var load = new[]
            {
                "-c", Text(connections), "-m", Text(callers / connections), "-t", "1", "-d", body, "-H", $"content-type: application/grpc+{codec}", "-H", "te: trailers",
                $"http://127.0.0.1:{Text(port)}/{GrpcEndpoints.Ping}",
            };
            await LoadAsync(["-D", Seconds(warmup), .. load]);
            var before = CpuSeconds(server);
            var calls = await LoadAsync(["-D", Seconds(duration), .. load]);
            var cpu = CpuSeconds(server) - before;
            new LoadReport { CallsPerSecond = calls / duration.TotalSeconds, CallsPerServerCpuSecond = calls / cpu }.Print();
        }
        finally
        {
            File.Delete(body);
        }
    }

    /// <summary>Calls that ended with a response, as h2load counts them.</summary>
    private static async Task<long> LoadAsync(IEnumerable<string> arguments)
    {
        using var load = Process.Start(new ProcessStartInfo("h2load", arguments) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var output = await load.StandardOutput.ReadToEndAsync();
        await load.WaitForExitAsync();
        var found = Requests().Match(output);
        if (!found.Success || found.Groups["failed"].Value != "0" || found.Groups["errored"].Value != "0")
            throw new InvalidDataException($"h2load did not end well: {output}");
        return long.Parse(found.Groups["succeeded"].Value, CultureInfo.InvariantCulture);
    }

    private static double CpuSeconds(int process)
    {
        using var other = Process.GetProcessById(process);
        return other.TotalProcessorTime.TotalSeconds;
    }

    private static byte[] Message(int payload)
    {
        var message = new byte[Header + payload];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(1), payload);
        return message;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Seconds(TimeSpan time) => Math.Ceiling(time.TotalSeconds).ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"(?<succeeded>\d+) succeeded, (?<failed>\d+) failed, (?<errored>\d+) errored", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Requests();
}
