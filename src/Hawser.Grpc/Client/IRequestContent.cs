namespace Hawser.Grpc.Client;

/// <summary>The body of a request, which is told when its call may reach the server.</summary>
internal interface IRequestContent
{
    /// <summary>The request's headers are about to be written: a server may run a call before any of its messages has come.</summary>
    void MarkTaken();
}
