using Hawser.NetworkPeer;

return args switch
{
    ["server", .. var addresses] => await ServerRole.RunAsync(addresses),
    ["client", var address, var interval, var timeout] => await ClientRole.RunAsync(address, TimeSpan.FromSeconds(double.Parse(interval)), TimeSpan.FromSeconds(double.Parse(timeout))),
    ["router", var one, var other, var delay, var loss] => await RouterRole.RunAsync(one, other, TimeSpan.FromMilliseconds(double.Parse(delay)), double.Parse(loss)),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("server ADDRESS…  |  client ADDRESS KEEP-ALIVE-INTERVAL-SECONDS KEEP-ALIVE-TIMEOUT-SECONDS  |  router INTERFACE INTERFACE DELAY-MILLISECONDS LOSS-RATE");
    return 2;
}
