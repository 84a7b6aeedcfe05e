using System.Runtime.CompilerServices;

namespace Hawser;

/// <summary>The replies of a call that streams them. Each enumeration makes one call, when its first item is asked for.</summary>
internal sealed class ReplyStream<TRequest, TReply>(
    CallInvoker invoker, ClientMethod<TRequest, TReply> method, OutgoingRequest<TRequest> request, CallOptions options) : IAsyncEnumerable<TReply>
{
    public IAsyncEnumerator<TReply> GetAsyncEnumerator(CancellationToken cancellationToken = default) => new Enumerator(this, cancellationToken);

    private sealed class Enumerator(ReplyStream<TRequest, TReply> stream, CancellationToken cancellationToken) : IAsyncEnumerator<TReply>
    {
        private OutgoingCall? outgoing;
        private CancellationTokenSource? either;
        private ClientCall? call;
        private bool hasEnded;

        public TReply Current { get; private set; } = default!;

        public ValueTask<bool> MoveNextAsync()
        {
            if (hasEnded)
                return new ValueTask<bool>(false);
            if (call is null)
                return StartAsync();
            var read = call.ReadAsync();
            if (!read.IsCompletedSuccessfully)
                return Await(read);
            return read.Result ? Take() : EndAsync();
        }

        public async ValueTask DisposeAsync()
        {
            hasEnded = true;
            if (outgoing is not null)
                await outgoing.DisposeAsync().ConfigureAwait(false);
            either?.Dispose();
        }

        private async ValueTask<bool> StartAsync()
        {
            try
            {
                outgoing = await OutgoingCall.StartAsync(
                    stream.Invoker, stream.Method.Method, stream.Request, stream.Method.RequestCodec, OptionsOfBoth()).ConfigureAwait(false);
            }
            catch (OperationCanceledException failure) when (either is not null && failure.CancellationToken == either.Token)
            {
                throw Translate(failure);
            }

            call = outgoing.Call;
            return await MoveNextAsync().ConfigureAwait(false);
        }

        private ValueTask<bool> Take()
        {
            Current = stream.Method.Decode(call!.Message);
            return new ValueTask<bool>(true);
        }

        [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
        private async ValueTask<bool> Await(ValueTask<bool> read) =>
            await (await read.ConfigureAwait(false) ? Take() : EndAsync()).ConfigureAwait(false);

        private async ValueTask<bool> EndAsync()
        {
            hasEnded = true;
            try
            {
                await outgoing!.ThrowIfFailedAsync().ConfigureAwait(false);
            }
            catch (OperationCanceledException failure) when (either is not null && failure.CancellationToken == either.Token)
            {
                throw Translate(failure);
            }

            return false;
        }

        /// <summary>The enumeration's token counts like the options' one.</summary>
        private CallOptions OptionsOfBoth()
        {
            if (!cancellationToken.CanBeCanceled || cancellationToken == stream.Options.CancellationToken)
                return stream.Options;
            if (!stream.Options.CancellationToken.CanBeCanceled)
                return stream.Options with { CancellationToken = cancellationToken };
            either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stream.Options.CancellationToken);
            return stream.Options with { CancellationToken = either.Token };
        }

        /// <summary>Callers know their own tokens, not the one made of both.</summary>
        private OperationCanceledException Translate(OperationCanceledException failure) => new(
            failure.Message, failure, cancellationToken.IsCancellationRequested ? cancellationToken : stream.Options.CancellationToken);
    }

    private CallInvoker Invoker => invoker;

    private ClientMethod<TRequest, TReply> Method => method;

    private OutgoingRequest<TRequest> Request => request;

    private CallOptions Options => options;
}
