namespace Hawser.Grpc.Client;

/// <summary>One HTTP exchange of a call: from the request until the response's first headers say what it is.</summary>
internal sealed class CallAttempt(GrpcClient client, GrpcMethod method) : IDisposable
{
    /// <summary>How long an answer that nobody wants may take to come; a handler that runs on after that is cancelled.</summary>
    private static readonly TimeSpan DrainTime = TimeSpan.FromMinutes(10);

    private HttpResponseMessage? response;

    /// <summary>What the headers said; its status where HTTP failed.</summary>
    public ResponseHead Head { get; private set; }

    /// <summary>Why there was no response, if so.</summary>
    public (Status Status, bool NotRun)? Failure { get; private set; }

    /// <summary>How the attempt ended, where no messages follow.</summary>
    public Status FinalStatus => Failure?.Status ?? Head.Final!;

    /// <summary>Whether the server could not be reached at all.</summary>
    public bool IsOutOfReach { get; private set; }

    /// <summary>The messages, if there are any.</summary>
    public ResponseMessages? Messages { get; private set; }

    /// <summary>Sends the request and waits for the response's headers.</summary>
    /// <param name="request">The request.</param>
    /// <param name="wasTaken">Whether any of the request may have reached the server, should it fail.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="OperationCanceledException">The token fired.</exception>
    public async Task OpenAsync(HttpRequestMessage request, Func<bool> wasTaken, CancellationToken cancellationToken)
    {
        try
        {
            await client.ReadyAsync(cancellationToken).ConfigureAwait(false);
            response = await client.Http.SendAsync(request, cancellationToken).ConfigureAwait(false);
            Head = ResponseHead.Read(response, method, client.Peer, client.Limits.MaxMetadataSize);
            if (Head.Final is null)
                Messages = new ResponseMessages(await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false), client.Limits.MaxMessageSize, Head.Encoding);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Failure = client.Describe(exception, method.Method, wasTaken());
            IsOutOfReach = GrpcClient.IsOutOfReach(exception);
        }
    }

    /// <summary>How the response ended, once its messages have.</summary>
    public ResponseTrailers ReadTrailers() => ResponseTrailers.Read(response!, method, client.Peer, client.Limits.MaxMetadataSize);

    /// <summary>Reads the response to its end and drops it.</summary>
    public async Task DrainAsync()
    {
        using var limit = client.StartDeadline(DrainTime);
        try
        {
            while (await Messages!.ReadAsync(limit.Token).ConfigureAwait(false))
                continue;
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or OperationCanceledException)
        {
            // Nobody waits for this answer, so nobody need know that it was lost.
        }

        Release();
    }

    /// <summary>Gives everything back. Not while a message is being read.</summary>
    public void Release()
    {
        Messages?.Dispose();
        Dispose();
    }

    /// <summary>Drops the response; what has not arrived is told to the server to be of no interest.</summary>
    public void Dispose() => response?.Dispose();
}
