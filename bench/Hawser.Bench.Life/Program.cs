using Hawser.Bench;
using Hawser.Bench.Life.Herd;
using Hawser.Bench.Life.Soak;

Func<Arguments, Task<bool>>? command = args is [var name, ..] ? name switch
{
    "herd" => HerdCommand.RunAsync,
    "soak" => SoakCommand.RunAsync,
    _ => null,
} : null;

if (command is null)
{
    Console.Error.WriteLine("Say one of: herd, soak.");
    return 2;
}

try
{
    return await command(new Arguments(args.AsSpan(1))) ? 0 : 1;
}
catch (ArgumentException wrong)
{
    Console.Error.WriteLine(wrong.Message);
    return 2;
}
