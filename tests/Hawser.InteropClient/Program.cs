using System.CommandLine;
using Hawser.Interop.Client;

var host = new Option<string>("--server_host") { Description = "The server's host.", DefaultValueFactory = _ => "127.0.0.1" };
var port = new Option<int>("--server_port") { Description = "The server's port.", Required = true };
var names = new Option<string>("--test_case") { Description = "The names of cases with commas between them, or all.", DefaultValueFactory = _ => "all" };
var useTls = new Option<bool>("--use_tls") { Description = "Speak TLS." };
var authority = new Option<FileInfo?>("--ca") { Description = "The PEM file of the certificates to trust, instead of the system's." };
var command = new RootCommand("Hawser's side of the gRPC project's interoperability cases, as a client.") { host, port, names, useTls, authority };
command.SetAction(async parsed =>
{
    var address = $"{(parsed.GetValue(useTls) ? "grpcs" : "grpc")}://{parsed.GetValue(host)}:{parsed.GetValue(port)}";
    await using var channels = new Channels(address, parsed.GetValue(authority)?.FullName);
    var wanted = parsed.GetValue(names) is "all" or null ? Cases.Default : parsed.GetValue(names)!.Split(',');
    var failed = 0;
    foreach (var name in wanted)
    {
        var failure = await Cases.RunAsync(name, channels);
        Console.WriteLine(failure is null ? $"{name}: passed" : $"{name}: failed: {failure}");
        failed += failure is null ? 0 : 1;
    }

    return failed > 0 ? 1 : 0;
});
return await command.Parse(args).InvokeAsync();
