using Spectre.Console;
using Spectre.Console.Rendering;

namespace Hawser.Cli.Transfers;

/// <summary>Shows on standard error how a transfer goes: a bar on a terminal, a plain line every few seconds otherwise.</summary>
internal static class TransferDisplay
{
    private static readonly TimeSpan PlainInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BarInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>Runs a transfer and shows it until it has ended, well or not.</summary>
    /// <param name="done">The word for the summary, for instance <c>sent</c>.</param>
    /// <param name="meter">What the transfer counts on.</param>
    /// <param name="transfer">The transfer.</param>
    /// <param name="clock">When to show.</param>
    public static async Task RunAsync(string done, TransferMeter meter, Func<Task> transfer, TimeProvider clock)
    {
        // The transfer reads and writes files without giving its thread back: the display needs one of its own.
        var transferring = Task.Run(transfer);
        if (Console.IsErrorRedirected)
            await ShowLinesAsync(meter, transferring, clock);
        else
            await ShowBarAsync(meter, transferring, clock);
        await transferring;
        await Console.Error.WriteLineAsync(TransferFormat.Summary(done, meter.Bytes, meter.Elapsed));
    }

    private static async Task ShowLinesAsync(TransferMeter meter, Task transferring, TimeProvider clock)
    {
        while (!await EndedWithinAsync(transferring, PlainInterval, clock))
            await Console.Error.WriteLineAsync(TransferFormat.Progress(meter.Bytes, meter.Total, meter.SampleRate()));
    }

    private static async Task ShowBarAsync(TransferMeter meter, Task transferring, TimeProvider clock)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        var progress = console.Progress().AutoClear(true).Columns(new ProgressBarColumn(), new TransferColumn(meter));
        await progress.StartAsync(async context =>
        {
            var task = context.AddTask("transfer");
            do
            {
                task.IsIndeterminate = meter.Total is null;
                task.MaxValue = Math.Max(1, meter.Total ?? 1);
                task.Value = meter.Bytes;
            }
            while (!await EndedWithinAsync(transferring, BarInterval, clock));
        });
    }

    private static async Task<bool> EndedWithinAsync(Task task, TimeSpan time, TimeProvider clock)
    {
        using var ended = new CancellationTokenSource();
        if (await Task.WhenAny(task, Task.Delay(time, clock, ended.Token)) != task)
            return false;
        await ended.CancelAsync();
        return true;
    }

    private sealed class TransferColumn(TransferMeter meter) : ProgressColumn
    {
        protected override bool NoWrap => true;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
            new Text(TransferFormat.Progress(meter.Bytes, meter.Total, meter.SampleRate()));
    }
}
