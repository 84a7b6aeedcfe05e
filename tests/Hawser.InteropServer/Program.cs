using System.CommandLine;
using Hawser;
using Hawser.Grpc;
using Hawser.Interop.Server;
using Hawser.Protobuf;
using Hawser.Transports;

var port = new Option<int>("--port") { Description = "The port of 127.0.0.1 to listen on; 0, the default, chooses one." };
var certificate = new Option<FileInfo?>("--tls_cert") { Description = "The certificate's PEM file; with it the server speaks TLS." };
var key = new Option<FileInfo?>("--tls_key") { Description = "The private key's PEM file." };
var limits = new Option<bool>("--limits") { Description = "Prints the cases that Hawser cannot do as a server, and ends: none." };
var command = new RootCommand("Hawser's side of the gRPC project's interoperability cases, as a server.") { port, certificate, key, limits };
command.SetAction(async (parsed, cancellationToken) =>
{
    if (parsed.GetValue(limits))
        return;
    await using var server = new HawserServer(new HawserServerOptions
    {
        Codec = ProtobufCodec.Default,
        Wires = [new GrpcWire { Server = new GrpcServerOptions { Compression = "gzip" } }],
    });
    TestServiceHandlers.MapTo(server);
    server.Endpoints.Add(new UnaryCallEndpoint());
    server.Endpoints.Add(new StreamingInputCallEndpoint());
    server.Endpoints.Add(new StreamingOutputCallEndpoint());

    using var loaded = parsed.GetValue(certificate) is { } file ? ServerCertificate.FromPem(file.FullName, parsed.GetValue(key)?.FullName) : null;
    var address = await server.ListenAsync(
        $"{(loaded is null ? "grpc" : "grpcs")}://127.0.0.1:{parsed.GetValue(port)}",
        loaded is null ? null : ServerTransportOptions.WithCertificate(loaded),
        cancellationToken);
    Console.WriteLine($"listening on {address.Port}");
    await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
});
return await command.Parse(args).InvokeAsync();
