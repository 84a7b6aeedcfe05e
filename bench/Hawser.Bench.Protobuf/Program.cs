using Hawser.Bench.Protobuf;

var rounds = 9;
var time = TimeSpan.FromMilliseconds(300);
var only = "";
for (var i = 0; i < args.Length; i++)
{
    switch (args[i])
    {
        case "--quick":
            rounds = 3;
            time = TimeSpan.FromMilliseconds(100);
            break;
        case "--rounds" when i + 1 < args.Length && int.TryParse(args[i + 1], out rounds) && rounds > 0:
            i++;
            break;
        case "--only" when i + 1 < args.Length:
            only = args[++i];
            break;
        default:
            await Console.Error.WriteLineAsync("hawser-bench-protobuf [--quick] [--rounds N] [--only small|large|numbers]");
            return 2;
    }
}

Comparison[][] all =
[
    "small".Contains(only, StringComparison.Ordinal) ? [.. new Workload<Hawser.Bench.Protobuf.Protos.Order>("small order", Samples.Order()).Comparisons()] : [],
    "large".Contains(only, StringComparison.Ordinal) ? [.. new Workload<Hawser.Bench.Protobuf.Protos.Catalog>("large, nested", Samples.Catalog()).Comparisons()] : [],
    "numbers".Contains(only, StringComparison.Ordinal) ? [.. new Workload<Hawser.Bench.Protobuf.Protos.Series>("packed numbers", Samples.Series()).Comparisons()] : [],
];

Console.WriteLine(Result.Header);
foreach (var comparison in all.SelectMany(comparisons => comparisons))
    Console.WriteLine(comparison.Measure(rounds, time));
return 0;
