using System.Diagnostics;
using System.Text;

namespace Hawser.Protobuf.Tests;

/// <summary>Runs protoc as a second implementation of the encoding.</summary>
internal static class Protoc
{
    /// <summary>Turns text format into bytes, maps sorted by key.</summary>
    internal static byte[] Encode(ProtoSchema schema, string messageName, string text) =>
        Run(schema, Encoding.UTF8.GetBytes(text), "--deterministic_output", $"--encode={messageName}");

    /// <summary>Turns bytes into text format.</summary>
    internal static string Decode(ProtoSchema schema, string messageName, byte[] bytes) => Encoding.UTF8.GetString(Run(schema, bytes, $"--decode={messageName}"));

    private static byte[] Run(ProtoSchema schema, byte[] input, params string[] arguments)
    {
        var descriptors = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(descriptors, schema.ToDescriptorSet());
            var start = new ProcessStartInfo(Find()) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
            start.ArgumentList.Add($"--descriptor_set_in={descriptors}");
            foreach (var argument in arguments)
                start.ArgumentList.Add(argument);
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync();
            WriteAll(process.StandardInput.BaseStream, input);
            using var output = new MemoryStream();
            process.StandardOutput.BaseStream.CopyTo(output);
            process.WaitForExit();
            return process.ExitCode == 0 ? output.ToArray() : throw new InvalidOperationException($"protoc: {errors.Result}");
        }
        finally
        {
            File.Delete(descriptors);
        }
    }

    // A protoc that refuses its arguments ends without reading; what it says about them matters, not the broken pipe.
    private static void WriteAll(Stream input, byte[] bytes)
    {
        try
        {
            input.Write(bytes);
            input.Close();
        }
        catch (IOException)
        {
        }
    }

    private static string Find()
    {
        var system = OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux";
        var root = Path.Combine(AppContext.BaseDirectory, "protoc");
        var platform = $"{system}-{System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant()}";
        string[] candidates = [Path.Combine(root, platform, "protoc"), Path.Combine(root, system, "protoc"), Path.Combine(root, platform, "protoc.exe")];
        var found = Array.Find(candidates, File.Exists);
        if (found is null)
            Assert.Skip($"protoc is not carried for {platform}.");
        return found;
    }
}
